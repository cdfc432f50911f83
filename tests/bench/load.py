"""A radio network in a process of its own: LP reports at an even rate, alarms and calls meanwhile.

    python -m tests.bench.load JSON

Prints how many reports were sent, as JSON, when it is done.
"""

import json
import socket
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tests.bench.marks import ALARM_NORTH, NORTH, Marks, place_of
from tests.fakes.hytera_radio import address, hdap
from tests.fakes.mmdvm_host import MmdvmHost

FIRST_RADIO: Final = 2_000_000
ALARM_RADIO: Final = 3_000_000
BREATH: Final = threading.Event()
PING_S: Final = 5.0


@dataclass(frozen=True, slots=True)
class Plan:
    """What is sent, and where to."""

    lp_port: int
    homebrew_port: int
    repeater: int
    passphrase: str
    rate: int
    "Reports per second."
    seconds: float
    radios: int
    alarm_every_s: float
    "Seconds between two alarms, each of another radio; as many between two calls. 0: none."
    reports: str
    "File with the time of each report, alarms included."
    calls: str
    "File with the time of each call's first burst."
    first: int = 0
    "Number of the first report."
    prepared: bool = False
    "Make all reports before the first is sent: the sender costs less while it sends."


def report(number: int, radio: int, opcode: int = 0xD003, north: int = NORTH) -> bytes:
    """A triggered report, or an alarm (0xB003), from the place that names `number`."""
    lat, lon = place_of(number, north)
    head = number.to_bytes(4, "big") + address(radio)
    if opcode == 0xB003:
        head = address(radio) + b"\x00"
    return hdap(0x08, opcode, head + b"A101500140226N" + lat + b"E" + lon + b"12.090")


def play(plan: Plan) -> int:
    """Send everything; the number after the last report's."""
    reports, calls = Marks(Path(plan.reports)), Marks(Path(plan.calls))
    host = MmdvmHost(("127.0.0.1", plan.homebrew_port), plan.repeater, plan.passphrase.encode())
    host.log_in()
    line = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    target = ("127.0.0.1", plan.lp_port)
    number, alarms, talks = plan.first, 0, 0
    room = int(plan.rate * plan.seconds) + plan.rate if plan.prepared else 0
    ready = [_of_radio(plan, one) for one in range(plan.first, plan.first + room)]
    began = time.monotonic()
    timers = (
        _timer(began, plan.alarm_every_s, 0.0),
        _timer(began, plan.alarm_every_s, plan.alarm_every_s / 2),
        _timer(began, PING_S, PING_S),
    )
    while (now := time.monotonic()) - began < plan.seconds:
        alarm, call, ping = (is_due(now) for is_due in timers)
        if alarm:
            datagram = report(number, ALARM_RADIO + plan.first + alarms, 0xB003, ALARM_NORTH)
            reports[number] = time.monotonic()
            line.sendto(datagram, target)
            number, alarms = number + 1, alarms + 1
        if call:
            calls[talks] = time.monotonic()
            talks += 1
            host.talk((plan.first + talks).to_bytes(4, "big"), 0)
        if ping:
            host.ping()
        due = plan.first + int((now - began) * plan.rate)
        while number < due:
            datagram = ready[number - plan.first] if ready else _of_radio(plan, number)
            reports[number] = time.monotonic()
            line.sendto(datagram, target)
            number += 1
        BREATH.wait(0.0005)
    host.close()
    line.close()
    return number


def _of_radio(plan: Plan, number: int) -> bytes:
    return report(number, FIRST_RADIO + number % plan.radios)


def _timer(began: float, every_s: float, first_s: float) -> Callable[[float], bool]:
    """Says whether it is time again."""

    def dues() -> Iterator[float]:
        due = began + first_s
        while True:
            yield due
            due += every_s

    moments = dues()
    following = next(moments)

    def is_due(now: float) -> bool:
        nonlocal following
        if not every_s or now < following:
            return False
        following = next(moments)
        return True

    return is_due


if __name__ == "__main__":
    sent = play(Plan(**json.loads(sys.argv[1])))
    sys.stdout.write(json.dumps({"next": sent}) + "\n")
