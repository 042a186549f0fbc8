// server.js: the only place that knows the key. NEO_API_KEY=... node server.js
const express = require("express");

const key = process.env.NEO_API_KEY;
if (!key) throw new Error("NEO_API_KEY is not set");

const app = express();
app.use(express.static("public"));

// Put your own check of who is asking here: whoever may call this route uses your key.
app.get("/api/agents", async (req, res) => {
  const answer = await fetch("https://api.neoagent.io/public-api/agents", {
    headers: { Authorization: `Bearer ${key}` },
  });
  res.status(answer.status).json(await answer.json());
});

app.listen(process.env.PORT || 3000);
