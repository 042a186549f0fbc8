// app/api/agents/route.ts: runs on the server. The variable has no NEXT_PUBLIC_ prefix.
export const dynamic = "force-dynamic";

export async function GET(): Promise<Response> {
  const key = process.env.NEO_API_KEY;
  if (!key) throw new Error("NEO_API_KEY is not set");
  // Put your own check of who is asking here: whoever may call this route uses your key.
  const answer = await fetch("https://api.neoagent.io/public-api/agents", {
    headers: { Authorization: `Bearer ${key}` },
  });
  return Response.json(await answer.json(), { status: answer.status });
}
