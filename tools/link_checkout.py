"""Make a virtual environment run this checkout: importable packages and both commands.

An installed wheel brings the same by itself; a checkout needs no build and no network for it.
"""

import stat
import sys
import sysconfig
import tomllib
from pathlib import Path

LAUNCHER = """#!{python}
import sys

from {module} import {function}

sys.exit({function}())
"""


def main() -> None:
    """Write `sardze.pth` and the launchers named in pyproject.toml."""
    root = Path(__file__).resolve().parent.parent
    project = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    packages = Path(sysconfig.get_path("purelib"))
    (packages / "sardze.pth").write_text(f"{root}\n", encoding="utf-8")
    for name, target in project["scripts"].items():
        module, _, function = target.partition(":")
        launcher = Path(sysconfig.get_path("scripts")) / name
        launcher.write_text(
            LAUNCHER.format(python=sys.executable, module=module, function=function),
            encoding="utf-8",
        )
        launcher.chmod(launcher.stat().st_mode | stat.S_IXUSR | stat.S_IXGRP | stat.S_IXOTH)


if __name__ == "__main__":
    main()
