"""The lamp of the links counts what the list of links shows."""

from datetime import UTC, datetime, timedelta

import pytest

from dispatch.condition.lamp import Finding
from dispatch.condition.links import LinkRows
from dispatch.db.database import Database
from dispatch.links.models import Link

NOW = datetime(2026, 3, 1, 8, 0, tzinfo=UTC)


def link(name: str, site: str = "", state: str = "up", silent_s: float = 2.0) -> Link:
    seen_at = NOW - timedelta(seconds=silent_s)
    return Link(gateway="gw", name=name, site=site, state=state, since=NOW, seen_at=seen_at)


@pytest.mark.parametrize(
    ("links", "expected"),
    [
        pytest.param(
            [link("lp"), link("lp", "Karosta"), link("lp", "Kapsede"), link("tait")],
            Finding("links", "ok", "links.up", {"up": 3, "all": 3}),
            id="a port that listens for repeaters is no link beside theirs",
        ),
        pytest.param(
            [link("lp", state="down"), link("lp", "Karosta")],
            Finding("links", "amber", "links.down", {"up": 1, "all": 2, "down": "lp"}),
            id="one that fails is",
        ),
        pytest.param(
            [link("lp"), link("lp", "Karosta", state="down")],
            Finding("links", "red", "links.down", {"up": 0, "all": 1, "down": "Karosta"}),
            id="no repeater answers, however well one listens",
        ),
        pytest.param(
            [link("lp"), link("tait", silent_s=61)],
            Finding("links", "amber", "links.down", {"up": 1, "all": 2, "down": "tait"}),
            id="a link that nobody reports on is down",
        ),
    ],
)
async def test_the_lamp(database: Database, links: list[Link], expected: Finding) -> None:
    rows = LinkRows(database, lambda: NOW)
    rows.links = links
    assert list(rows.findings()) == [expected]


async def test_without_links_there_is_no_lamp(database: Database) -> None:
    assert list(LinkRows(database, lambda: NOW).findings()) == []
