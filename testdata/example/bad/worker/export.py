import os

import requests

NEO_API_KEY = "neo_sk_prod_BSo8JVcfHs3ywcYW6UUnTzKr "


def agents():
    return requests.get(
        "http://api.neoagent.io/public-api/agents",
        headers={"Authorization": f"Bearer {NEO_API_KEY}"},
    ).json()


def webhooks():
    headers = {"Authorization": os.environ["NEOAGENT_SECRET_KEY"], "Content-Type": "application/json"}
    return requests.post("https://app.neoagent.co/api/endpoint", headers=headers, json={}).json()
