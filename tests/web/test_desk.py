"""A dispatcher's first minutes, in each language, with the keyboard wherever there is a key."""

import json
import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.web.conftest import PATIENCE_MS, demo, desk, words

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("language", ["lv", "lt", "en"])
def test_a_dispatcher_sees_answers_and_finds_all_again(
    browser: Browser, tmp_path: Path, language: str
) -> None:
    say = words(language)
    with (
        demo(tmp_path, "--speed", "6", "--seed", "7") as server,
        desk(browser, server, language) as page,
    ):
        _alarm_is_acknowledged(page, say)
        sign = _a_unit_moves(page, say)
        _a_call_starts_and_ends(page, say)
        text = _a_text_is_delivered(page, say, sign)

        acknowledged = page.locator(".emg .t.done").text_content() or ""
        page.reload()
        row = page.locator("ol.act li", has_text=text)
        expect(row.locator(".ladder .done", has_text=say["text.state.delivered"])).to_be_visible()
        expect(page.locator(".emg.acknowledged .t.done")).to_have_text(acknowledged)
        expect(page.locator("html")).to_have_attribute("lang", re.compile(f"^{language}"))


def _alarm_is_acknowledged(page: Page, say: dict[str, str]) -> None:
    banner = page.locator(".emg.raised")
    expect(banner).to_be_visible()
    expect(banner).to_contain_text(say["emergency.unacknowledged"])
    page.keyboard.press("F2")
    expect(page.locator(".emg.acknowledged")).to_be_visible()


def _a_unit_moves(page: Page, say: dict[str, str]) -> str:
    """Choose units one after the other until one is seen to move; returns its call sign."""
    page.keyboard.press("/")
    page.keyboard.type("PL-2")
    page.keyboard.press("Enter")
    card = page.locator("aside.ucard")
    expect(card).to_be_visible()
    page.locator('[role="option"][aria-selected="true"]').focus()
    for _ in range(5):
        place = card.get_by_test_id("unit-coordinates").inner_text()
        moved = f"""() => {{
            const found = document.querySelector('[data-testid="unit-coordinates"]');
            return found && found.textContent !== {json.dumps(place)};
        }}"""
        try:
            page.wait_for_function(moved, timeout=8000)
        except Exception:  # noqa: BLE001  # this one stands still: look at the next
            page.keyboard.press("ArrowDown")
            continue
        return page.locator('[role="option"][aria-selected="true"] .c').inner_text()
    raise AssertionError("no unit moved")


def _a_call_starts_and_ends(page: Page, say: dict[str, str]) -> None:
    running = page.locator("ol.act li.live", has_text=say["call.talking"]).first
    expect(running).to_be_visible()
    began = running.locator("time").get_attribute("datetime")
    same = page.locator(f'ol.act li:has(time[datetime="{began}"])').first
    expect(same.locator(".r")).to_have_text(re.compile(r"^\d+:\d\d$"), timeout=PATIENCE_MS)
    expect(page.locator(f'ol.act li.live time[datetime="{began}"]')).to_have_count(0)


def _a_text_is_delivered(page: Page, say: dict[str, str], sign: str) -> str:
    """Write to a unit without touching the mouse and wait for the radio's own acknowledgement."""
    text = f"Nr {sign}: žvaigždė, ļoti labi"
    page.keyboard.press("/")
    page.keyboard.press("Control+a")
    page.keyboard.type(sign)
    page.keyboard.press("Enter")
    page.keyboard.press("m")
    expect(page.locator("form.comp .tok", has_text=sign)).to_be_visible()
    expect(page.locator("form.comp :focus")).to_be_visible()
    page.keyboard.type(text)
    expect(page.locator("form.comp textarea")).to_have_value(text)
    page.keyboard.press("Control+Enter")
    row = page.locator("ol.act li", has_text=text)
    expect(row).to_be_visible()
    expect(row.locator(".ladder .done", has_text=say["text.state.delivered"])).to_be_visible(
        timeout=2 * PATIENCE_MS
    )
    return text
