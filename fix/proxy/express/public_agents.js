// public/agents.js: what the browser loads. It holds no key.
export async function agents() {
  const answer = await fetch("/api/agents");
  if (!answer.ok) throw new Error(`agents: ${answer.status}`);
  return (await answer.json()).data;
}
