"""Simulated radios and our adapter talk over a network that loses, doubles and reorders."""

import itertools
from random import Random

import pytest

from radio_gateway.adapters.mototrbo import DEFAULT_PORTS
from radio_gateway.domain.commands import (
    RadioCheck,
    RequestPosition,
    SendText,
    SetPositionInterval,
)
from radio_gateway.domain.events import (
    CommandOutcome,
    CommandResult,
    EmergencyRaised,
    LinkChanged,
    LinkHealth,
    LinkState,
    PositionReported,
    PositionSource,
    RadioDeregistered,
    RadioHeard,
    RadioRegistered,
    TextProgress,
    TextReceived,
    TextState,
)
from radio_gateway.domain.ids import TalkgroupId
from radio_gateway.domain.ports import Peer
from tests.radio_gateway.adapters.mototrbo_world import KAROSTA, START, World, radio


def test_a_radio_registers_reports_writes_and_says_goodbye() -> None:
    world = World(position_interval_s=30)
    world.fleet.register(101, world.now)
    world.fleet.place(101, KAROSTA, START, world.now, speed_mps=10.0, heading_deg=90.0)
    world.run(50.0)
    world.fleet.text(101, "Pie stacijas viss mierīgi", world.now)
    world.run(5.0)
    world.fleet.deregister(101, world.now)
    world.run(5.0)
    told = [e for e in world.events if not isinstance(e, LinkHealth | LinkChanged)]
    registered, position, text, goodbye = told
    assert isinstance(registered, RadioRegistered)
    assert (registered.radio, registered.renewal) == (radio(101), False)
    assert isinstance(position, PositionReported)
    assert position.source is PositionSource.TRIGGERED
    assert position.point.lat == pytest.approx(KAROSTA.lat, abs=1e-6)
    assert position.point.lon == pytest.approx(KAROSTA.lon, abs=1e-6)
    assert (position.speed_kmh, position.bearing_deg, position.error_m) == (36.0, 90.0, 4.5)
    assert position.fixed_at is not None
    assert 0 <= (position.at.utc - position.fixed_at).total_seconds() < 2
    assert isinstance(text, TextReceived)
    assert text.text == "Pie stacijas viss mierīgi"
    assert isinstance(goodbye, RadioDeregistered)
    assert not goodbye.expired


@pytest.mark.parametrize("seed", range(6))
def test_texts_get_through_a_bad_network_once_and_are_never_claimed_falsely(seed: int) -> None:
    world = World(seed=seed, loss=0.2, doubling=0.2, air_loss=0.1)
    for number in (101, 102):
        world.fleet.register(number, world.now)
    world.run(60.0)
    for n in range(10):
        command = SendText(command=f"t{n}", radio=radio(101 + n % 2), text=f"ziņa {n}")
        world.base.command(command, world.at)
        world.fleet.text(101, f"atbilde {n}", world.now)
        world.run(20.0)
    world.run(4000.0)
    delivered = {f"ziņa {n}" for n in range(10) if TextState.DELIVERED in world.states(f"t{n}")}
    shown = [text for _, text in world.shown]
    assert len(delivered) == 10
    assert sorted(shown) == sorted(delivered), "each once"
    received = [e.text for e in world.all_of(TextReceived)]
    assert len(received) == len(set(received)) >= 8
    assert {e.radio for e in world.all_of(RadioRegistered)} == {radio(101), radio(102)}


def test_a_text_to_nobody_fails_after_its_lifetime() -> None:
    world = World()
    world.base.command(SendText(command="t1", radio=radio(101), text="Kur esi?"), world.at)
    world.run(5000.0)
    assert world.states("t1") == [TextState.SENT, TextState.FAILED]
    sent = [at for at, _, _ in world.sent]
    assert len(sent) == 9
    pauses = [round(b - a) for a, b in itertools.pairwise(sent)]
    assert pauses == [10, 20, 40, 80, 160, 320, 640, 1200]


def test_a_text_waits_for_a_radio_that_comes_back() -> None:
    world = World()
    world.base.command(SendText(command="t1", radio=radio(101), text="Kur esi?"), world.at)
    world.run(1000.0)
    world.fleet.register(101, world.now)
    world.run(10.0)
    assert world.states("t1") == [TextState.SENT, TextState.DELIVERED]
    assert world.shown == [(101, "Kur esi?")]


def test_a_long_text_comes_in_numbered_parts_and_is_delivered_as_a_whole() -> None:
    world = World(part_limit=40)
    world.fleet.register(101, world.now)
    world.run(20.0)
    words = "Meklē sarkanu velosipēdu ar baltu grozu, pēdējo reizi redzēts pie Rožu laukuma."
    world.base.command(SendText(command="t1", radio=radio(101), text=words), world.at)
    world.run(30.0)
    assert world.states("t1") == [TextState.SENT, TextState.DELIVERED]
    assert [text for _, text in world.shown] == [
        "(1/3) Meklē sarkanu velosipēdu ar baltu",
        "(2/3) grozu, pēdējo reizi redzēts pie",
        "(3/3) Rožu laukuma.",
    ]


def test_a_group_text_reaches_the_radios_and_counts_as_sent() -> None:
    world = World()
    for number in (101, 102):
        world.fleet.register(number, world.now)
    world.run(20.0)
    group = TalkgroupId("liepaja", 201)
    world.base.command(SendText(command="t1", talkgroup=group, text="Visiem"), world.at)
    world.run(10.0)
    assert sorted(world.shown) == [(101, "Visiem"), (102, "Visiem")]
    assert world.states("t1") == [TextState.SENT]
    assert ("225.0.0.201", 4007) in {(peer.host, peer.port) for _, peer, _ in world.sent}


def test_an_emergency_is_raised_once_with_its_place() -> None:
    world = World(doubling=1.0)
    world.fleet.register(101, world.now)
    world.fleet.place(101, KAROSTA, START, world.now)
    world.run(30.0)
    world.fleet.emergency(101, world.now)
    world.run(5.0)
    (raised,) = world.all_of(EmergencyRaised)
    assert raised.radio == radio(101)
    assert raised.point is not None
    assert raised.point.lat == pytest.approx(KAROSTA.lat, abs=1e-6)
    (position,) = world.all_of(PositionReported)
    assert position.source is PositionSource.EMERGENCY


def test_an_emergency_without_satellites_is_raised_as_well() -> None:
    world = World()
    world.fleet.register(101, world.now)
    world.run(30.0)
    world.fleet.emergency(101, world.now)
    world.run(5.0)
    (raised,) = world.all_of(EmergencyRaised)
    assert raised.point is None


@pytest.mark.parametrize("seed", range(4))
def test_every_emergency_of_many_is_heard_through_a_bad_network(seed: int) -> None:
    world = World(seed=seed, doubling=0.3, air_loss=0.2)
    numbers = range(101, 121)
    for number in numbers:
        world.fleet.register(number, world.now)
        world.fleet.place(number, KAROSTA, START, world.now)
    world.run(900.0)
    for number in numbers:
        world.fleet.emergency(number, world.now)
    world.run(30.0)
    assert sorted(e.radio.number for e in world.all_of(EmergencyRaised)) == list(numbers)


def test_reports_are_asked_again_after_a_radio_was_off() -> None:
    world = World(position_interval_s=60)
    world.fleet.register(101, world.now)
    world.fleet.place(101, KAROSTA, START, world.now)
    world.run(200.0)
    before = len(world.all_of(PositionReported))
    assert before == 3
    world.fleet.vanish(101)
    world.run(300.0)
    assert len(world.all_of(PositionReported)) == before
    world.fleet.register(101, world.now)
    world.run(200.0)
    assert len(world.all_of(PositionReported)) == 6
    world.fleet.emergency(101, world.now)
    world.run(5.0)
    assert len(world.all_of(EmergencyRaised)) == 1


def test_a_gateway_that_starts_anew_keeps_hearing_the_reports() -> None:
    world = World(position_interval_s=60)
    world.fleet.register(101, world.now)
    world.fleet.place(101, KAROSTA, START, world.now)
    world.run(100.0)
    world.base = World(position_interval_s=60).base
    world.base.opened(world.at)
    world.events.clear()
    world.run(2000.0)
    assert len(world.all_of(PositionReported)) >= 30
    world.fleet.emergency(101, world.now)
    world.run(5.0)
    assert len(world.all_of(EmergencyRaised)) == 1


def test_an_interval_replaces_the_one_before_and_zero_ends_it() -> None:
    world = World(position_interval_s=60)
    world.fleet.register(101, world.now)
    world.fleet.place(101, KAROSTA, START, world.now)
    world.run(20.0)
    change = SetPositionInterval(command="c1", radio=radio(101), interval_s=30)
    world.base.command(change, world.at)
    world.run(10.0)
    began = len(world.all_of(PositionReported))
    world.run(120.0)
    assert len(world.all_of(PositionReported)) == began + 4
    world.base.command(SetPositionInterval(command="c2", radio=radio(101), interval_s=0), world.at)
    world.run(10.0)
    ended = len(world.all_of(PositionReported))
    world.run(300.0)
    assert len(world.all_of(PositionReported)) == ended
    outcomes = {e.command: e.outcome for e in world.all_of(CommandResult)}
    assert outcomes == {"c1": CommandOutcome.DONE, "c2": CommandOutcome.DONE}


def test_a_position_on_request_ends_its_command() -> None:
    world = World()
    world.fleet.register(101, world.now)
    world.fleet.place(101, KAROSTA, START, world.now)
    world.fleet.register(102, world.now)
    world.run(30.0)
    for command, number in (("c1", 101), ("c2", 102), ("c3", 103)):
        world.base.command(RequestPosition(command=command, radio=radio(number)), world.at)
    world.run(60.0)
    results = {e.command: (e.outcome, e.detail) for e in world.all_of(CommandResult)}
    assert results["c1"] == (CommandOutcome.DONE, None)
    assert results["c2"] == (
        CommandOutcome.FAILED,
        "the radio has no GPS, or no satellites in view",
    )
    assert results["c3"] == (CommandOutcome.FAILED, "no answer from the radio")
    (position,) = world.all_of(PositionReported)
    assert position.source is PositionSource.REQUESTED


def test_a_check_tells_who_is_there() -> None:
    world = World()
    world.fleet.register(101, world.now)
    world.run(20.0)
    for command, number in (("c1", 101), ("c2", 102), ("c3", 101)):
        world.base.command(RadioCheck(command=command, radio=radio(number)), world.at)
        world.run(3.0)
    world.run(60.0)
    outcomes = {e.command: e.outcome for e in world.all_of(CommandResult)}
    assert outcomes == {
        "c1": CommandOutcome.DONE,
        "c2": CommandOutcome.FAILED,
        "c3": CommandOutcome.DONE,
    }
    assert len(world.all_of(RadioHeard)) == 2


def test_registrations_are_renewed_in_time_and_end_with_silence() -> None:
    world = World()
    world.fleet.register(101, world.now)
    world.run(3 * 3600.0)
    renewals = [e.renewal for e in world.all_of(RadioRegistered)]
    assert renewals == [False] + [True] * 6
    assert world.all_of(RadioDeregistered) == []
    world.fleet.vanish(101)
    world.run(2 * 3600.0)
    (gone,) = world.all_of(RadioDeregistered)
    assert gone.expired
    assert [e.state for e in world.all_of(LinkChanged)] == [
        LinkState.CONNECTING,
        LinkState.UP,
        LinkState.DOWN,
    ]


def test_requests_of_our_own_leave_one_by_one_with_a_second_between() -> None:
    world = World(position_interval_s=60, jitter_s=10.0)
    for number in range(101, 131):
        world.fleet.register(number, world.now)
    world.run(300.0)
    asked = [at for at, peer, _ in world.sent if peer.endpoint == "lrrp"]
    assert len(asked) == 60
    assert all(b - a >= 1.0 - 1e-9 for a, b in itertools.pairwise(asked))


def test_the_same_seed_gives_the_same_octets() -> None:
    logs = []
    for _ in range(2):
        world = World(seed=7, loss=0.1, air_loss=0.2, position_interval_s=30)
        for number in (101, 102, 103):
            world.fleet.register(number, world.now)
            world.fleet.place(number, KAROSTA, START, world.now)
            world.fleet.text(number, "labrīt", world.now)
        world.run(300.0)
        logs.append((world.wire, world.sent))
    assert logs[0] == logs[1]
    assert len(logs[0][0]) > 30


def test_a_text_after_closing_fails_at_once() -> None:
    world = World()
    world.base.command(SendText(command="t1", radio=radio(101), text="Kur esi?"), world.at)
    world.base.command(RequestPosition(command="c1", radio=radio(101)), world.at)
    world.run(5.0)
    world.base.closed("restart", world.at)
    world.base.command(SendText(command="t2", radio=radio(101), text="Kur esi?"), world.at)
    world.run(100.0)
    reasons = [(e.command, e.state) for e in world.all_of(TextProgress)]
    assert reasons == [
        ("t1", TextState.SENT),
        ("t1", TextState.FAILED),
        ("t2", TextState.FAILED),
    ]
    (result,) = world.all_of(CommandResult)
    assert result.outcome is CommandOutcome.FAILED


@pytest.mark.slow
def test_200_000_damaged_datagrams_of_radios_never_raise() -> None:
    world = World(air_loss=0.1, position_interval_s=30)
    for number in (101, 102, 103):
        world.fleet.register(number, world.now)
        world.fleet.place(number, KAROSTA, START, world.now, speed_mps=5.0, heading_deg=10.0)
        world.fleet.text(number, "labrīt", world.now)
    world.run(120.0)
    for number in (101, 102, 103):
        world.fleet.emergency(number, world.now)
    world.run(30.0)
    rng = Random(20260214)
    for _ in range(200_000):
        endpoint, number, frame = rng.choice(world.wire)
        data = bytearray(frame)
        for _ in range(rng.randint(1, 4)):
            data[rng.randrange(len(data))] ^= 1 << rng.randrange(8)
        del data[rng.choice((len(data), rng.randrange(len(data) + 1))) :]
        world.now += 0.01
        peer = Peer(endpoint, f"12.0.0.{number}", DEFAULT_PORTS[endpoint])
        world.base.feed(bytes(data), peer, world.at)
        world.base.expire(world.at)
        world.base.events()
        world.base.outgoing()
