"""What import contracts cannot say, read from the syntax of the sources; and the contracts."""

import ast
import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGES = ("radio_gateway", "dispatch")
FILES = sorted(
    path.relative_to(ROOT)
    for package in PACKAGES
    for path in (ROOT / package).rglob("*.py")
    if "node_modules" not in path.parts
)


def under(path: Path, *places: str) -> bool:
    """Whether a file is one of the places, or below one."""
    text = path.as_posix()
    return any(text == place or text.startswith(f"{place}/") for place in places)


def calls(path: Path) -> Iterator[tuple[int, str]]:
    """Line and dotted name of everything that a file calls."""
    for node in ast.walk(_tree(path)):
        if isinstance(node, ast.Call):
            yield node.lineno, ast.unparse(node.func)


def imports(path: Path) -> Iterator[tuple[int, str]]:
    """Line and full name of everything that a file imports."""
    for node in ast.walk(_tree(path)):
        if isinstance(node, ast.Import):
            for name in node.names:
                yield node.lineno, name.name
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            for name in node.names:
                yield node.lineno, f"{node.module}.{name.name}"


def offences(
    found: Callable[[Path], Iterator[tuple[int, str]]],
    wrong: str,
    allowed: Callable[[Path], bool],
) -> list[str]:
    """`file:line: name` of what matches the pattern outside the allowed files."""
    pattern = re.compile(wrong)
    return [
        f"{path}:{line}: {name}"
        for path in FILES
        if not allowed(path)
        for line, name in found(path)
        if pattern.fullmatch(name)
    ]


def _tree(path: Path) -> ast.Module:
    return ast.parse((ROOT / path).read_text(encoding="utf-8"), str(path))


def test_only_the_session_commits() -> None:
    assert (
        offences(calls, r".*(session|connection|db)\w*\.commit", lambda p: under(p, "dispatch/db"))
        == []
    )


def test_only_links_and_one_module_of_dispatch_read_the_clock() -> None:
    clock = r"(.*\.)?(datetime\.(now|utcnow|today)|date\.today|utcnow|time\.(time|time_ns))"
    allowed = ("radio_gateway/links", "dispatch/clock.py", "radio_gateway/simulator/run.py")
    assert offences(calls, clock, lambda p: under(p, *allowed)) == []


def test_queries_stand_in_repositories_and_reports() -> None:
    def allowed(path: Path) -> bool:
        places = ("dispatch/reports", "dispatch/db", "dispatch/live", "radio_gateway")
        return path.name == "repository.py" or under(path, *places)

    assert offences(calls, r"(.*\.)?select", allowed) == []


def test_the_vocabulary_needs_the_standard_library_only() -> None:
    standard = sys.stdlib_module_names
    found = [
        f"{path}:{line}: {name}"
        for path in FILES
        if under(path, "radio_gateway/domain")
        for line, name in imports(path)
        if name.split(".")[0] not in standard and not name.startswith("radio_gateway.domain")
    ]
    assert found == []


def test_inner_layers_open_nothing_and_wait_for_nothing() -> None:
    inner = ("radio_gateway/domain", "radio_gateway/protocols", "radio_gateway/adapters")
    touching = r"open|input|print|(.*\.)?(read_text|read_bytes|write_text|write_bytes|sleep)"
    assert offences(calls, touching, lambda p: not under(p, *inner)) == []


def test_a_repository_is_used_by_its_own_feature_only() -> None:
    def foreign(path: Path) -> Iterator[tuple[int, str]]:
        feature = path.parts[1]
        for line, name in imports(path):
            match = re.fullmatch(r"dispatch\.(\w+)\.repository\.\w+", name)
            if match and match[1] != feature:
                yield line, name

    outermost = ("app.py", "cli", "demo", "doctor.py", "health.py", "reports")
    allowed = ("radio_gateway", *(f"dispatch/{part}" for part in outermost))
    assert offences(foreign, r".*", lambda p: under(p, *allowed)) == []


def test_every_package_says_what_it_is() -> None:
    silent = [
        str(path)
        for path in FILES
        if path.name != "__init__.py" and not ast.get_docstring(_tree(path))
    ]
    assert silent == []


def test_import_contracts_hold() -> None:
    command = Path(sys.executable).with_name("lint-imports")
    if not command.exists():
        pytest.fail("import-linter is not installed; run `make setup`")
    done = subprocess.run(
        [command, "--no-cache"],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-2000:]
