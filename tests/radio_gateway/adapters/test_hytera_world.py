"""A simulated Hytera base and our adapter talk over a network that loses, doubles and reorders."""

from random import Random

import pytest

from radio_gateway.domain.commands import AcknowledgeEmergency, RadioCheck, SendText
from radio_gateway.domain.events import (
    CallEnded,
    CallStarted,
    CommandOutcome,
    CommandResult,
    EmergencyRaised,
    LinkChanged,
    LinkHealth,
    LinkState,
    PositionReported,
    PositionSource,
    RadioDeregistered,
    RadioRegistered,
    TextReceived,
    TextState,
)
from radio_gateway.domain.ids import TalkgroupId
from radio_gateway.domain.ports import Peer
from radio_gateway.simulator.peers.hytera import HyteraSetup
from tests.radio_gateway.adapters.hytera_world import HOST, PALANGA, World, radio


@pytest.mark.parametrize("plain", [False, True])
def test_a_radio_registers_reports_writes_and_says_goodbye(plain: bool) -> None:
    world = World(plain=plain)
    world.run(1.0)
    world.peer.register(101, world.now)
    world.run(1.0)
    world.peer.place(101, PALANGA, world.now, fixed_at=world.at.utc, speed_knots=10.0)
    world.peer.report_position(101, world.now)
    world.run(1.0)
    world.peer.text(101, "Pie stacijas viss mierīgi", world.now)
    world.run(5.0)
    world.peer.deregister(101, world.now)
    world.run(1.0)
    told = [e for e in world.events if not isinstance(e, LinkHealth | LinkChanged)]
    registered, position, text, goodbye = told
    assert isinstance(registered, RadioRegistered)
    assert registered.radio == radio(101)
    assert isinstance(position, PositionReported)
    assert position.point.lat == pytest.approx(PALANGA.lat, abs=1e-5)
    assert position.speed_kmh == pytest.approx(18.52)
    assert isinstance(text, TextReceived)
    assert text.text == "Pie stacijas viss mierīgi"
    assert isinstance(goodbye, RadioDeregistered)


@pytest.mark.parametrize("plain", [False, True])
@pytest.mark.parametrize("seed", range(6))
def test_texts_get_through_a_bad_network_once_and_are_never_claimed_falsely(
    seed: int, plain: bool
) -> None:
    setup = HyteraSetup(dispatcher_id=9999, air_loss=0.1)
    world = World(seed=seed, loss=0.2, doubling=0.2, setup=setup, plain=plain)
    world.run(10.0)
    for number in (101, 102):
        world.peer.register(number, world.now)
    world.run(20.0)
    for n in range(10):
        command = SendText(command=f"t{n}", radio=radio(101 + n % 2), text=f"ziņa {n}")
        world.base.command(command, world.at)
        world.peer.text(101, f"atbilde {n}", world.now)
        world.run(20.0)
    world.run(400.0)
    delivered = {f"ziņa {n}" for n in range(10) if TextState.DELIVERED in world.states(f"t{n}")}
    ended = [world.states(f"t{n}")[-1] for n in range(10)]
    shown = [text for _, text in world.shown]
    assert set(ended) <= {TextState.DELIVERED, TextState.FAILED}
    assert delivered <= set(shown)
    assert len(shown) == len(set(shown))
    assert len(delivered) >= 5
    heard = [event.text for event in world.events if isinstance(event, TextReceived)]
    assert len(heard) == len(set(heard))
    assert len(heard) >= 7


def test_a_text_to_a_radio_that_is_gone_fails() -> None:
    world = World()
    world.run(1.0)
    world.peer.register(101, world.now)
    world.run(1.0)
    world.peer.vanish(101)
    world.base.command(SendText(command="t1", radio=radio(101), text="Kur esi?"), world.at)
    world.run(10.0)
    assert world.states("t1") == [TextState.SENT, TextState.FAILED]
    assert world.shown == []


def test_a_group_text_reaches_the_radios_and_counts_as_sent() -> None:
    world = World()
    world.run(1.0)
    for number in (101, 102):
        world.peer.register(number, world.now)
    world.run(1.0)
    group = TalkgroupId("palanga", 201)
    world.base.command(SendText(command="t1", talkgroup=group, text="Visiem"), world.at)
    world.run(10.0)
    assert world.shown == [(101, "Visiem"), (102, "Visiem")]
    assert world.states("t1") == [TextState.SENT]


def test_an_emergency_goes_on_until_it_is_acknowledged() -> None:
    world = World()
    world.run(1.0)
    world.peer.register(101, world.now)
    world.peer.place(101, PALANGA, world.now, fixed_at=world.at.utc)
    world.run(1.0)
    world.peer.emergency(101, world.now)
    world.run(25.0)
    (raised,) = world.all_of(EmergencyRaised)
    assert isinstance(raised, EmergencyRaised)
    assert raised.radio == radio(101)
    assert raised.point is not None
    reports = world.all_of(PositionReported)
    assert len(reports) == 3
    world.base.command(AcknowledgeEmergency(command="c1", radio=radio(101)), world.at)
    world.run(60.0)
    (result,) = world.all_of(CommandResult)
    assert isinstance(result, CommandResult)
    assert result.outcome is CommandOutcome.DONE
    assert len(world.all_of(EmergencyRaised)) == 1
    assert len(world.all_of(PositionReported)) == 3


def test_periodic_positions_come_as_configured() -> None:
    world = World(position_interval_s=10)
    world.run(1.0)
    world.peer.register(101, world.now)
    world.peer.place(101, PALANGA, world.now, fixed_at=world.at.utc)
    world.run(65.0)
    positions = [e for e in world.events if isinstance(e, PositionReported)]
    assert len(positions) == 6
    assert {e.source for e in positions} == {PositionSource.TRIGGERED}
    fixes = [e.fixed_at for e in positions]
    assert all(fix is not None for fix in fixes)
    assert len(set(fixes)) == 6


def test_a_call_is_heard_from_start_to_end() -> None:
    world = World()
    world.run(1.0)
    world.peer.register(101, world.now, slot=2)
    world.run(1.0)
    world.peer.call(101, 201, 6.0, world.now)
    world.run(15.0)
    started, ended = world.all_of(CallStarted, CallEnded)
    assert isinstance(started, CallStarted)
    assert (started.slot, started.talkgroup) == (2, TalkgroupId("palanga", 201))
    assert isinstance(ended, CallEnded)
    assert ended.duration_s == pytest.approx(6.0, abs=0.1)


def test_overs_of_a_conversation_each_last_until_their_own_end() -> None:
    world = World()
    world.run(1.0)
    for number in (101, 102, 103):
        world.peer.register(number, world.now)
    world.run(1.0)
    for number in (101, 102, 103):
        world.peer.call(number, 201, 5.0, world.now)
        world.run(5.5)
    world.run(5.0)
    ended = [e for e in world.events if isinstance(e, CallEnded)]
    assert [e.radio.number for e in ended] == [101, 102, 103]
    assert [e.duration_s for e in ended] == pytest.approx([5.0] * 3, abs=0.1)
    assert len({e.conversation for e in ended}) == 1


def test_registrations_are_renewed_in_time() -> None:
    world = World(period_s=100)
    world.run(1.0)
    world.peer.register(101, world.now)
    world.run(500.0)
    registered = [e.renewal for e in world.events if isinstance(e, RadioRegistered)]
    assert registered == [False] + [True] * 5
    assert world.all_of(RadioDeregistered) == []


def test_a_check_tells_who_is_there() -> None:
    world = World()
    world.run(1.0)
    world.peer.register(101, world.now)
    world.run(1.0)
    for command, number in (("c1", 101), ("c2", 102)):
        world.base.command(RadioCheck(command=command, radio=radio(number)), world.at)
    world.run(5.0)
    outcomes = {e.command: e.outcome for e in world.events if isinstance(e, CommandResult)}
    assert outcomes == {"c1": CommandOutcome.DONE, "c2": CommandOutcome.FAILED}


def test_the_link_survives_a_lossy_network() -> None:
    world = World(loss=0.2, doubling=0.1)
    world.run(900.0)
    changes = [e.state for e in world.events if isinstance(e, LinkChanged)]
    assert changes == [LinkState.CONNECTING, LinkState.UP]


def test_a_gateway_that_starts_anew_takes_the_session_over() -> None:
    world = World()
    world.run(10.0)
    world.peer.register(101, world.now)
    world.run(1.0)
    world.base.closed("restart", world.at)
    world.base.opened(world.at)
    world.run(10.0)
    world.peer.text(101, "Vai dzirdi?", world.now)
    world.run(5.0)
    assert [e.text for e in world.events if isinstance(e, TextReceived)] == ["Vai dzirdi?"]
    assert world.all_of(LinkChanged)[-1].state is LinkState.UP  # type: ignore[union-attr]  # filtered


def test_the_same_seed_gives_the_same_octets() -> None:
    logs = []
    for _ in range(2):
        world = World(seed=7, loss=0.1, setup=HyteraSetup(dispatcher_id=9999, air_loss=0.2))
        world.run(5.0)
        for number in (101, 102, 103):
            world.peer.register(number, world.now)
            world.peer.text(number, "labrīt", world.now)
        world.run(120.0)
        logs.append(world.wire)
    assert logs[0] == logs[1]
    assert len(logs[0]) > 100


@pytest.mark.slow
def test_200_000_damaged_frames_of_a_base_never_raise() -> None:
    world = World(setup=HyteraSetup(dispatcher_id=9999, air_loss=0.2))
    world.run(5.0)
    for number in (101, 102, 103):
        world.peer.register(number, world.now, slot=1 + number % 2)
        world.peer.place(number, PALANGA, world.now, fixed_at=world.at.utc)
        world.peer.text(number, "labrīt", world.now)
        world.peer.call(number, 201, 5.0, world.now)
        world.peer.emergency(number, world.now)
    world.run(120.0)
    rng = Random(20260214)
    for _ in range(200_000):
        endpoint, frame = rng.choice(world.wire)
        data = bytearray(frame)
        for _ in range(rng.randint(1, 4)):
            data[rng.randrange(len(data))] ^= 1 << rng.randrange(8)
        del data[rng.choice((len(data), rng.randrange(len(data) + 1))) :]
        world.now += 0.01
        world.base.feed(bytes(data), Peer(endpoint, HOST, 30000), world.at)
        world.base.expire(world.at)
        world.base.events()
        world.base.outgoing()
