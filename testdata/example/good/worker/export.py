import os

import requests

session = requests.Session()
session.headers["Authorization"] = f"Bearer {os.environ['NEO_API_KEY']}"


def agents():
    return session.get("https://api.neoagent.io/public-api/agents").json()


def webhooks():
    return session.post("https://api.neoagent.io/public-api/webhooks", json={}).json()
