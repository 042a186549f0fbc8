"use client";
import { useEffect, useState } from "react";

const BASE = "https://api.neoagent.io/public-api";

export default function Page() {
  const [agents, setAgents] = useState([]);
  useEffect(() => {
    fetch(`${BASE}/agents`, {
      headers: { Authorization: `Bearer ${process.env.NEXT_PUBLIC_NEO_API_KEY}` },
    })
      .then((res) => res.json())
      .then(setAgents);
  }, []);
  return <p>You haven't got more than {agents.length} agents.</p>;
}
