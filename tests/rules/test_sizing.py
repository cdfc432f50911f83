"""The sizing table: computed from figures, with its limits said."""

import importlib.util
import sys
from copy import deepcopy
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

TOOL = Path(__file__).parents[2] / "tools/sizing_table.py"


@pytest.fixture(scope="module")
def tool() -> ModuleType:
    spec = importlib.util.spec_from_file_location("sizing_table", TOOL)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["sizing_table"] = module
    spec.loader.exec_module(module)
    return module


def bench(*figures: tuple[str, float, str]) -> dict[str, Any]:
    return {
        "at": "2026-05-04T03:02:01+00:00",
        "idle_before": 0.97,
        "machine": {"processor": "Some CPU", "cores": 2},
        "figures": [{"name": name, "value": value, "note": note} for name, value, note in figures],
    }


BENCHES = {
    "gateway": bench(("Hytera LP, datagram to bus", 40_000.0, "")),
    "wire": bench(("positions written", 100_000.0, ""), ("positions read", 50_000.0, "")),
    "ingest": bench(("positions to commit, postgresql", 9e9, "5.0 us of processor for each")),
    "end_to_end": bench(
        ("2 000/s SQLite: lost", 0, ""),
        ("2 000/s PostgreSQL: lost", 0, ""),
        ("2 000/s PostgreSQL: server", 40.0, ""),
        ("20 000/s PostgreSQL: lost", 3, ""),
        ("20 000/s PostgreSQL: server", 99.0, ""),
    ),
    "queries": bench(
        ("PostgreSQL: size of position", 100.0, ""),
        ("PostgreSQL: fill", 260.0, "10,000,000 positions"),
    ),
}


def test_a_row_is_worked_out_from_the_figures(tool: ModuleType) -> None:
    """By hand: 1 000 000 / 30 s = 33 333 a second; 35 us at the gateways, 25 us at the writer."""
    found = tool.row(tool.figures_of(BENCHES), 1_000_000, 30)
    assert found.per_s == pytest.approx(33_333.33, abs=0.01)
    assert found.gateway_core == pytest.approx(1.16667, abs=1e-5)
    assert found.gateways == 3
    assert found.writer_core == pytest.approx(0.83333, abs=1e-5)
    assert (found.proved, found.by_parts, found.by_proof) == (False, 2, 17)
    assert found.gb_a_day == pytest.approx(288.0)
    assert found.tb_a_year == pytest.approx(105.12)
    assert found.tb_kept == pytest.approx(25.92)


def test_a_town_needs_one_of_everything(tool: ModuleType) -> None:
    found = tool.row(tool.figures_of(BENCHES), 200, 30)
    assert (found.gateways, found.by_parts, found.by_proof, found.proved) == (1, 1, 1, True)
    assert found.gb_a_day == pytest.approx(0.0576)


def test_the_text_says_where_one_installation_is_not_proved(tool: ModuleType) -> None:
    text = "\n".join(tool.section(tool.figures_of(BENCHES)))
    assert "not proved from 1,000,000 radios every 60 s on" in text
    assert "tried: 2,000/s" in text
    assert "Divide by region" in text
    assert "From 50,000 radios every 30 s on one database would hold 1.3 TB" in text
    assert "queries 2026-05-04T03:02Z, Some CPU, 2 cores, 97% idle before" in text


def test_a_rate_at_which_something_was_lost_proves_nothing(tool: ModuleType) -> None:
    worse = deepcopy(BENCHES)
    worse["end_to_end"]["figures"][1]["value"] = 1
    with pytest.raises(tool.SizingError, match="no rate at which nothing is lost"):
        tool.figures_of(worse)


@pytest.mark.parametrize("name", ["gateway", "wire", "ingest", "queries"])
def test_a_figure_that_is_missing_is_named(tool: ModuleType, name: str) -> None:
    less = {key: value for key, value in BENCHES.items() if key != name}
    with pytest.raises(tool.SizingError, match=f"make bench ONLY={name}"):
        tool.figures_of(less)


def test_only_what_is_between_the_markers_changes(tool: ModuleType) -> None:
    page = f"before\n{tool.BEGIN}\nold\n{tool.END}\nafter\n"
    assert tool.written(page, iter(["new"])) == (
        f"before\n{tool.BEGIN}\n\nnew\n\n{tool.END}\nafter\n"
    )
    with pytest.raises(tool.SizingError):
        tool.written("no markers", iter(["new"]))
