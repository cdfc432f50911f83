"""Write the server's OpenAPI document, from which the console's types are generated.

python tools/openapi.py            rewrite web/openapi.json; then, in web/: npm run api
python tools/openapi.py --check    exit 1 when it is not up to date
"""

import json
import sys
from pathlib import Path

from dispatch.app import create_app
from dispatch.config import Settings

ROOT = Path(__file__).parent.parent
DOCUMENT = ROOT / "web" / "openapi.json"


def document() -> str:
    """The document as the server gives it, without the version of the program; nothing starts."""
    found = create_app(Settings(source=ROOT)).openapi()
    found["info"]["version"] = ""
    return json.dumps(found, ensure_ascii=False, indent=1) + "\n"


def main() -> int:
    """Write or check."""
    fresh = document()
    if "--check" not in sys.argv[1:]:
        DOCUMENT.write_text(fresh, encoding="utf-8")
        return 0
    if DOCUMENT.exists() and DOCUMENT.read_text(encoding="utf-8") == fresh:
        return 0
    hint = "web/openapi.json is out of date: python tools/openapi.py && cd web && npm run api"
    print(hint)  # noqa: T201  # a tool for the command line
    return 1


if __name__ == "__main__":
    sys.exit(main())
