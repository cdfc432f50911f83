"""The compose file of the documentation, read, and its services as plain processes."""

import json
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.faults.program import Program

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "docs/examples/compose"
OURS = ("migrate", "console-a", "console-b")
"Services that run our programs, in their order."
SECRETS = "secrets/"
"What an administrator puts beside the compose file."
_READ = (
    "const fs = require('fs'), yaml = require('js-yaml');"
    "console.log(JSON.stringify(yaml.load(fs.readFileSync(process.argv[1], 'utf8'))))"
)


def compose() -> dict[str, Any]:
    """The file as a compose program reads it: anchors and merges resolved."""
    words = [str(ROOT / "tools/node.sh"), "node", "-e", _READ, str(FOLDER / "compose.yaml")]
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def mounts(file: Mapping[str, Any], service: str) -> Iterator[tuple[str, str]]:
    """Path beside the compose file and path in the container, of all files of a service."""
    own = file["services"][service]
    for volume in own.get("volumes", ()):
        source, target, *_ = volume.split(":")
        if source.startswith("."):
            yield source, target
    for name in own.get("secrets", ()):
        yield file["secrets"][name]["file"], f"/run/secrets/{name}"


def dockerfile() -> list[list[str]]:
    """Its instructions as words, continued lines joined."""
    text = (FOLDER / "Dockerfile").read_text(encoding="utf-8").replace("\\\n", " ")
    return [line.split() for line in text.splitlines() if line and not line.startswith("#")]


def commands() -> set[str]:
    """What the image has on its path, of ours."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    return set(project["scripts"])


def build(folder: Path) -> None:
    """Copy into `folder` what the last stage copies, and nothing else."""
    stages = [n for n, words in enumerate(dockerfile()) if words[0] == "FROM"]
    for word, *words in dockerfile()[stages[-1] :]:
        if word != "COPY":
            continue
        *sources, target = [one for one in words if not one.startswith("--")]
        for source in sources:
            origin = ROOT / source.removeprefix("/build/")
            place = folder / target
            if origin.is_dir():
                skipped = shutil.ignore_patterns("__pycache__")
                shutil.copytree(origin, place, dirs_exist_ok=True, ignore=skipped)
            else:
                place = place / origin.name if target.endswith("/") else place
                place.parent.mkdir(parents=True, exist_ok=True)
                shutil.copy(origin, place)


@dataclass
class Container:
    """One service: a folder that stands for its root, and what replaces names of the network."""

    root: Path
    image: Path
    file: Mapping[str, Any]
    service: str
    instead: Mapping[str, str]
    "In mounted texts: what is replaced, and by what."

    def fill(self, beside: Path) -> None:
        """Put every mounted file at its place; `beside` stands for the compose file's folder."""
        paths = [target for _, target in mounts(self.file, self.service)]
        paths += ["/var/lib/sardze"]
        for source, target in mounts(self.file, self.service):
            place = self.root / target[1:]
            place.parent.mkdir(parents=True, exist_ok=True)
            if source.removeprefix("./").startswith(SECRETS):
                shutil.copy(beside / source, place)
                place.chmod(0o600)
                continue
            text = (FOLDER / source).read_text(encoding="utf-8")
            for old, new in self.instead.items():
                text = text.replace(old, new)
            for path in paths:
                text = text.replace(f'"{path}"', f'"{self.root}{path}"')
            place.write_text(text, encoding="utf-8")

    def program(self, address: str = "") -> Program:
        """Its command, run from what the Dockerfile copies."""
        own = self.file["services"][self.service]
        name, *words = own["command"]
        assert name in commands(), name
        here = [f"{self.root}{word}" if word.startswith("/") else word for word in words]
        environment = {
            key: f"{self.root}{value}" if value.startswith("/") else value
            for key, value in own.get("environment", {}).items()
        }
        module = {"dispatch": "dispatch.cli", "radio-gateway": "radio_gateway.cli"}[name]
        start = f"from {module} import main; main()"
        return Program(
            [sys.executable, "-c", start, *here],
            self.root,
            self.service,
            environment={**environment, "PYTHONPATH": str(self.image)},
            address=address,
        )
