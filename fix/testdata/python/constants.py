import os
from typing import Literal

kind: Literal["{{KEY}}"]
os.environ["NEO_API_KEY"] = "{{KEY}}"
os.environ.setdefault("NEO_API_KEY", "{{KEY}}")
header = b"Bearer {{KEY}}"


def kind_of(text):
    os.environ.setdefault("NEO_API_KEY", "{{KEY}}")
    match text:
        case "{{KEY}}":
            return "ours"
        case _ if text == "{{KEY}}":
            return "{{KEY}}"
