"""Pacing on one slot, by a clock that may come late."""

import pytest

from radio_gateway.adapters._homebrew_lanes import Job, Lane, Outlet
from radio_gateway.protocols.homebrew.dmrd import DmrFrame, FrameType

OUTLET = Outlet(246001, 2)
FRAME = DmrFrame(
    sequence=0, source=1, target=9, repeater_id=246001, slot=2, group=True,
    frame_type=FrameType.DATA_SYNC, detail=3, stream=b"\1\2\3\4", burst=bytes(33),
)  # fmt: skip


class Bench:
    """A lane that sends five frames for each job."""

    def __init__(self) -> None:
        self.lane: Lane[str] = Lane(OUTLET, lambda *_: [FRAME] * 5)
        self.sent: list[float] = []
        self.done: list[tuple[float, str]] = []

    def at(self, now: float) -> None:
        job = self.lane.step(now, lambda _: self.sent.append(now))
        if job is not None:
            self.done.append((now, job.what))


@pytest.fixture
def bench() -> Bench:
    bench = Bench()
    bench.lane.waiting.append(Job("first", 60.0))
    return bench


def test_one_burst_per_60_ms(bench: Bench) -> None:
    for n in range(5):
        bench.at(n * 0.06)

    assert bench.sent == pytest.approx([0.0, 0.06, 0.12, 0.18, 0.24])
    assert bench.done == [(0.24, "first")]
    assert bench.lane.deadline() is None


def test_a_timer_that_is_a_little_late_is_caught_up(bench: Bench) -> None:
    for now in (0.0, 0.2, 0.24):
        bench.at(now)

    assert bench.sent == [0.0, 0.2, 0.2, 0.2, 0.24]


def test_a_timer_that_is_very_late_makes_no_flood(bench: Bench) -> None:
    for now in (0.0, 5.0, 5.01, 5.06):
        bench.at(now)

    assert bench.sent == [0.0, 5.0, 5.06]


def test_the_next_job_begins_when_the_last_burst_is_over(bench: Bench) -> None:
    bench.lane.waiting.append(Job("second", 60.0))
    now = 0.0
    while len(bench.done) < 2:
        bench.at(now)
        now += 0.01

    assert bench.sent[5] - bench.sent[4] == pytest.approx(0.06, abs=0.011)


def test_a_radio_on_the_air_breaks_it_off(bench: Bench) -> None:
    bench.at(0.0)
    bench.at(0.06)
    bench.lane.busy_until(1.0)

    assert bench.lane.deadline() == 1.0
    bench.at(0.5)
    assert len(bench.sent) == 2
    bench.at(1.0)
    assert [job.interruptions for job in bench.lane.jobs()] == [1]
    assert len(bench.sent) == 3


def test_while_an_answer_is_awaited_the_slot_is_quiet(bench: Bench) -> None:
    for n in range(5):
        bench.at(n * 0.06)
    job = Job("first", 60.0)
    bench.lane.await_answer(job, 5.0)
    bench.lane.waiting.append(Job("second", 60.0))
    bench.at(3.0)

    assert len(bench.sent) == 5
    assert bench.lane.deadline() == 5.0
    bench.lane.remove(job)
    bench.at(3.0)
    assert len(bench.sent) == 6


@pytest.mark.parametrize("begun", [False, True])
def test_a_job_can_be_taken_back(bench: Bench, begun: bool) -> None:
    if begun:
        bench.at(0.0)
    [job] = bench.lane.jobs()
    bench.lane.remove(job)

    assert bench.lane.jobs() == []
    assert bench.lane.deadline() is None
    bench.at(1.0)
    assert len(bench.sent) == begun
