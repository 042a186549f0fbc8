region      = "eu"
neo_api_key = "{{KEY}}"
