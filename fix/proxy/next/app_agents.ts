// app/agents.ts: for client components. It holds no key.
export async function agents(): Promise<unknown[]> {
  const answer = await fetch("/api/agents");
  if (!answer.ok) throw new Error(`agents: ${answer.status}`);
  return (await answer.json()).data;
}
