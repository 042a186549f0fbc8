import os
from os import environ as e

a = os.getenv("NEO_API_KEY", "{{KEY}}")
b = os.environ.get('NEO_API_KEY', '{{KEY}}')
c = os.environ.get("NEO_API_KEY") or "{{KEY}}"
d = e.get("NEO_API_KEY", "{{KEY}}")
print(a, b, c, d)
