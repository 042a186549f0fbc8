#!/usr/bin/env bash
set -euo pipefail

docker build --secret id=NEO_API_KEY -t example .
neo-export > agents.json # reads NEO_API_KEY from its environment
printf 'Authorization: Bearer %s' "$NEO_API_KEY" |
  curl --fail-with-body -H @- https://api.neoagent.io/public-api/agents
