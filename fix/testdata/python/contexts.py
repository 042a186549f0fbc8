#!/usr/bin/env python3
"""A client; its key is {{KEY}}."""

from __future__ import annotations

import json
import sys
from typing import Any

KEY = "{{KEY}}"
SINGLE = '{{KEY}}'
HEADERS = {"Authorization": f"Bearer {{KEY}}", 'X-Other': f'Bearer {len("x")} {{KEY}}'}
JOINED = "Bearer " + '{{KEY}}'
PLAIN = 'Bearer {{KEY}}'
BESIDE = ("Bearer "
          "{{KEY}}")
FORMAT = "%s {{KEY}}" % "Bearer"
METHOD = "  Bearer {{KEY}} ".strip()
RAW = r"{{KEY}}"
BYTES = b"{{KEY}}"
TRIPLE = """Bearer
{{KEY}}
"""


def header(key: str = "{{KEY}}") -> dict[str, Any]:
    """Return what is sent with {{KEY}}."""
    return {"Authorization": "Bearer " + key}


sys.stdout.write(json.dumps([KEY, SINGLE, HEADERS, JOINED, PLAIN, BESIDE, FORMAT, METHOD, RAW, BYTES.decode(), TRIPLE, header()]))
