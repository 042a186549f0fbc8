const BASE = "https://api.neoagent.io/public-api";

export async function GET() {
  const res = await fetch(`${BASE}/agents`, {
    headers: { Authorization: `Bearer ${process.env.NEO_API_KEY}` },
  });
  return Response.json(await res.json());
}
