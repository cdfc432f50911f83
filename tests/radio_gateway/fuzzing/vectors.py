"""The known octets of every protocol, from tests/vectors."""

import json
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parents[2] / "vectors"


def entries(name: str) -> list[dict[str, Any]]:
    """The entries of one file, as `dmr/bursts`."""
    found: list[dict[str, Any]] = json.loads((FOLDER / f"{name}.json").read_text())
    return found


def octets(*names: str, protocol: str | None = None) -> list[bytes]:
    """The octets of one or more files, each of them once, in a fixed order."""
    found = {
        bytes.fromhex(entry["hex"])
        for name in names
        for entry in entries(name)
        if protocol is None or entry.get("protocol") == protocol
    }
    return sorted(found)


def every_vector() -> set[bytes]:
    """The octets of all files."""
    return {
        bytes.fromhex(entry["hex"])
        for path in FOLDER.glob("*/*.json")
        for entry in json.loads(path.read_text())
    }
