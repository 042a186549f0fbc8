#!/usr/bin/env bash
set -euo pipefail

docker build --build-arg NEO_API_KEY="$NEO_API_KEY" -t example .
neo-export --api-key "$NEO_API_KEY" > agents.json
curl -v -H "Authorization: Bearer $NEO_API_KEY" https://api.neoagent.io/public-api/agents
