# main.py: the only place that knows the key. NEO_API_KEY=... fastapi run main.py
import os

import httpx
from fastapi import FastAPI, Response
from fastapi.staticfiles import StaticFiles

app = FastAPI()
key = os.environ["NEO_API_KEY"]


# Put your own check of who is asking here: whoever may call this route uses your key.
@app.get("/api/agents")
async def agents() -> Response:
    async with httpx.AsyncClient() as client:
        answer = await client.get(
            "https://api.neoagent.io/public-api/agents",
            headers={"Authorization": f"Bearer {key}"},
        )
    return Response(answer.content, answer.status_code, media_type="application/json")


app.mount("/", StaticFiles(directory="static", html=True))
