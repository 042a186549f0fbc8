"use client";
import { useEffect, useState } from "react";

export default function Page() {
  const [agents, setAgents] = useState([]);
  useEffect(() => {
    fetch("/api/agents")
      .then((res) => res.json())
      .then(setAgents);
  }, []);
  return <p>You haven't got more than {agents.length} agents.</p>;
}
