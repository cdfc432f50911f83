"""The database goes away under a dispatcher's eyes, and nobody answers an alarm."""

import re
import socket
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.e2e.system import Installation, free_port
from tests.fakes.hytera_radio import DISPATCHER, HyteraRadio
from tests.web.conftest import desk, words

pytestmark = pytest.mark.browser

SERVICES = ("rrs", "lp", "tmp")
NUMBER = 2_460_007
COUNT_TONES = """() => {
    window.tones = 0;
    const start = OscillatorNode.prototype.start;
    OscillatorNode.prototype.start = function (...at) {
        window.tones += 1;
        return start.apply(this, at);
    };
}"""


@contextmanager
def station(browser: Browser, folder: Path, *alarm: str) -> Iterator[tuple[Page, HyteraRadio]]:
    """A dispatcher of a town with one radio; `alarm` are lines of [dispatch.alarm]."""
    ports = {name: free_port(socket.SOCK_DGRAM) for name in SERVICES}
    lines = "\n".join(f"{name} = {port}" for name, port in ports.items())
    (folder / "sardze.toml").write_text(
        f"""
        [dispatch]
        port = {free_port(socket.SOCK_STREAM)}
        data_dir = "data"
        [dispatch.alarm]
        {" ".join(alarm)}
        [gateway]
        id = "palanga"
        data_dir = "data"
        [[link]]
        kind = "hytera"
        name = "Palanga"
        network = "palanga"
        style = "radio"
        peers = ["127.0.0.1"]
        dispatcher_id = {DISPATCHER}
        [link.ports]
        {lines}
        """,
        encoding="utf-8",
    )
    with Installation(folder).running("run") as server:
        server.address()
        radio = HyteraRadio("127.0.0.1", ports, NUMBER)
        radio.register()
        with desk(browser, server, "en") as page:
            expect(page.locator(".foot")).to_contain_text(words("en")["stream.phase.live"])
            page.evaluate(COUNT_TONES)
            yield page, radio
        radio.close()


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Another program holds the database for itself."""
    path = folder / "data" / "sardze.db"
    with closing(sqlite3.connect(path, isolation_level=None, timeout=30)) as other:
        other.execute("BEGIN IMMEDIATE")
        yield
        other.execute("ROLLBACK")


def test_an_alarm_is_seen_before_it_is_stored(browser: Browser, tmp_path: Path) -> None:
    say = words("en")
    with station(browser, tmp_path) as (page, radio):
        lamp = page.locator(".cond .menu-b")
        database = page.locator('.cond-list [data-lamp="database"]')
        lamp.click()
        expect(database).to_contain_text(say["condition.level.ok"])
        with locked(tmp_path):
            expect(database).to_contain_text(say["condition.level.red"])
            expect(database).to_contain_text(say["condition.do.database.away"])
            expect(lamp).to_contain_text(say["condition.some_red"].partition("{")[0].strip())
            pressed = time.monotonic()
            radio.emergency("5630.6600", "02100.8400")
            unstored = page.locator(".emg.unstored")
            expect(unstored).to_contain_text(str(NUMBER))
            assert time.monotonic() - pressed < 2.0, "a second, and the browser's own"
            expect(unstored).to_contain_text(say["unstored.mark"])
            page.wait_for_function("() => window.tones > 0")
            page.keyboard.press("F2")
            expect(page.locator(".notice")).to_contain_text(say["unstored.why"])
            expect(page.locator(".foot")).to_contain_text(say["stream.phase.live"])
            unstored.get_by_role("button", name=say["unstored.mute"]).click()
            expect(unstored).to_contain_text(say["unstored.muted"])
        stored = page.locator(".emg.raised:not(.unstored)")
        expect(stored).to_contain_text(str(NUMBER))
        expect(unstored).to_have_count(0)
        page.keyboard.press("F2")
        expect(page.locator(".emg.acknowledged")).to_be_visible()
        if not database.is_visible():
            lamp.click()
        expect(database).to_contain_text(say["condition.level.ok"])


def test_nobody_answers(browser: Browser, tmp_path: Path) -> None:
    say = words("en")
    with station(
        browser,
        tmp_path,
        "escalate_after_s = 5.0\n",
        "hook_after_s = 6.0\n",
        'hook = ["/bin/true"]',
    ) as (page, radio):
        radio.emergency("5630.6600", "02100.8400")
        banner = page.locator(".emg.raised")
        expect(banner).to_be_visible()
        expect(banner).to_contain_text(say["emergency.escalated"])
        expect(banner).to_contain_text(say["emergency.escalated_all"])
        expect(banner).to_contain_text(say["emergency.escalated_hook"])
        before = page.evaluate("() => window.tones")
        page.wait_for_function("before => window.tones > before", arg=before)
        expect(banner).to_have_class(re.compile("escalated"))
        page.keyboard.press("F2")
        expect(page.locator(".emg.acknowledged")).to_be_visible()
