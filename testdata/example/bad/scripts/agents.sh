#!/bin/sh
# The key is of another product that is called Neo.
curl -sS https://api.neoagent.io/public-api/agents -H 'Authorization: Bearer neo_sk_N8VrfwvPXGwrq5Xem8XvVZS3UtNks24a'
