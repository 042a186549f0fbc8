const axios = require("axios");
const express = require("express");

const key = process.env.NEO_API_KEY;
if (!key) {
  console.error("NEO_API_KEY is not set");
  process.exit(1);
}

const neo = axios.create({
  baseURL: "https://api.neoagent.io/public-api",
  headers: { Authorization: `Bearer ${key}` },
});

const app = express();

app.get("/agents", async (req, res) => {
  console.log("asking Neo for agents");
  const { data } = await neo.get("/agents");
  res.json(data);
});

app.get("/usage", async (req, res) => {
  const { data } = await neo.get("/usage", { params: { month: req.query.month } });
  res.json(data);
});

app.listen(3000);
