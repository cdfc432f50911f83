"""The page of promises names tests that exist, and says of each whether the soak runs it."""

import ast
import re
from pathlib import Path

from tests.soak.plan import PLAN

ROOT = Path(__file__).parents[2]
NAMED = re.findall(
    r"`(tests/[\w/.]+)::(\w+)`( †)?", (ROOT / "docs" / "faults.md").read_text("utf-8")
)


def functions(file: str) -> set[str]:
    """Names of all functions of a file."""
    tree = ast.parse((ROOT / file).read_text(encoding="utf-8"))
    return {
        one.name
        for one in ast.walk(tree)
        if isinstance(one, ast.FunctionDef | ast.AsyncFunctionDef)
    }


def test_every_test_that_is_named_exists() -> None:
    assert len(NAMED) > 20
    missing = [f"{file}::{name}" for file, name, _ in NAMED if name not in functions(file)]
    assert not missing


def test_the_dagger_stands_where_the_soak_runs_a_test() -> None:
    planned = {f"tests/faults/{one.test}" for one in PLAN}
    marked = {f"{file}::{name}" for file, name, dagger in NAMED if dagger}
    bare = {f"{file}::{name}" for file, name, dagger in NAMED if not dagger}
    assert marked <= planned
    assert not bare & planned


def test_every_scenario_of_the_soak_is_a_promise() -> None:
    named = {f"{file}::{name}" for file, name, _ in NAMED}
    assert {f"tests/faults/{one.test}" for one in PLAN} <= named
