const https = require("node:https");
const axios = require("axios");
const express = require("express");

const key = process.env.NEO_API_KEY;
const headers = { Authorization: key, "X-Tenant-Id": process.env.TENANT };

const neo = axios.create({
  baseURL: "https://api.neoagent.io/public-api",
  headers,
  httpsAgent: new https.Agent({ rejectUnauthorized: false }),
});

const app = express();

app.get("/agents", async (req, res) => {
  console.log("asking Neo", headers);
  const { data } = await neo.get("/agents");
  res.json(data);
});

app.get("/usage", async (req, res) => {
  const usage = await fetch(`https://api.neoagent.io/public-api/usage?api_key=${key}`);
  res.json(await usage.json());
});

app.listen(3000);
