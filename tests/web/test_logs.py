"""The call log and the track: filters, files, a drive on the map."""

import csv
import io
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.web.conftest import demo, desk, words

pytestmark = pytest.mark.browser


def test_calls_are_filtered_and_exported_and_tracks_are_drawn(
    browser: Browser, tmp_path: Path
) -> None:
    with (
        demo(tmp_path, "--speed", "6", "--no-emergencies") as server,
        desk(browser, server, "en", accept_downloads=True) as page,
    ):
        _calls(page)
        _track(page)


def _calls(page: Page) -> None:
    say = words("en")
    expect(page.locator("ol.act li:not(.live) .r").first).to_be_visible()
    group = page.evaluate(
        "() => fetch('/api/calls?kind=group&limit=50').then(a => a.json())"
        ".then(page => page.items.find(call => call.talkgroup_id && call.ended_at).talkgroup_id)"
    )
    page.keyboard.press("g")
    page.keyboard.press("c")
    expect(page.get_by_role("heading", name=say["page.calls"]).first).to_be_visible()
    expect(page.locator("table tbody tr").first).to_be_visible()
    page.get_by_label("Talkgroup").select_option(str(group))
    page.wait_for_url(f"**/calls?*talkgroup_id={group}*")
    with page.expect_download() as download:
        page.get_by_role("link", name="CSV").click()
    rows = list(csv.DictReader(io.StringIO(Path(download.value.path()).read_text("utf-8"))))
    assert rows
    name = page.evaluate(
        "id => fetch('/api/talkgroups').then(a => a.json())"
        ".then(page => page.items.find(group => group.id === id).name)",
        group,
    )
    assert {row["talkgroup"] for row in rows} == {name}


def _track(page: Page) -> None:
    unit = page.evaluate(
        "() => fetch('/api/positions/latest').then(a => a.json())"
        ".then(page => page.items.find(place => place.unit_id && place.speed_kmh > 0).unit_id)"
    )
    page.goto(page.url.partition("/calls")[0] + f"/track?unit={unit}&span=1h")
    expect(page.locator("input[type=range]")).to_be_visible()
    expect(page.locator("main canvas").first).to_be_visible()
