"""Texts out over repeaters: paced, courteous, and honest about what became of them."""

import itertools
import random
from collections.abc import Iterable

import pytest

from radio_gateway.adapters._homebrew_packets import TextConfig, TextForm
from radio_gateway.domain.commands import SendText
from radio_gateway.domain.events import (
    StatusReceived,
    TextFailure,
    TextProgress,
    TextReceived,
    TextState,
)
from radio_gateway.domain.ids import RadioId, TalkgroupId
from radio_gateway.protocols.dmr.air import Channel, Parties
from radio_gateway.protocols.dmr.sending import status_bursts, text_bursts
from radio_gateway.protocols.homebrew.configuration import Configuration
from radio_gateway.simulator.peers._jitter import DELAY_S
from radio_gateway.simulator.peers.homebrew import HomebrewRepeater
from radio_gateway.simulator.peers.speech import Speech
from tests.radio_gateway.adapters.homebrew_network import (
    KAROSTA,
    LIEPAJA,
    PASSPHRASES,
    Network,
    moment,
)

PATROL, OTHER, DISPATCHER, TALKGROUP = 2460012, 2460013, 2460001, 24601
RADIO = RadioId("dmr", PATROL)
WORDS = "Brauciet uz Lielo ielu 12, žņ"


def with_texts(**changes: object) -> Network:
    texts = TextConfig(source=DISPATCHER, **changes)  # type: ignore[arg-type]  # a test's own names
    network = Network(changes={"texts": texts})
    network.log_in()
    for repeater in network.repeaters.values():
        repeater.radios.present.add(PATROL)
    return network


def say(network: Network, key: str = "k", text: str = WORDS, **to: object) -> None:
    to = to or {"radio": RADIO}
    command = SendText(command=key, text=text, **to)  # type: ignore[arg-type]  # a test's own names
    network.master.command(command, moment(network.now))


def states(network: Network, key: str = "k") -> list[TextState]:
    return [e.state for e in network.events(TextProgress) if e.command == key]


def near(network: Network, number: int = LIEPAJA, slot: int = 1) -> None:
    """Let the patrol be heard on one slot, and the pause after it pass."""
    network.repeaters[number].talk(
        PATROL, TALKGROUP, Speech(duration_s=0.6, slot=slot), now=network.now
    )
    network.run(6.0)
    network.heard.clear()


@pytest.mark.parametrize("form", TextForm)
def test_a_text_goes_where_the_radio_was_heard_and_is_confirmed(form: TextForm) -> None:
    network = with_texts(form=form)
    near(network, KAROSTA, slot=1)
    say(network)
    network.run(6.0)

    assert states(network) == [TextState.SENT, TextState.DELIVERED]
    [text] = network.repeaters[KAROSTA].radios.texts
    assert (text.source, text.target, text.group) == (DISPATCHER, PATROL, False)
    assert (text.text, text.slot) == (WORDS, 1)
    assert not network.repeaters[LIEPAJA].radios.bursts


def test_bursts_are_60_ms_apart_with_one_stream_id() -> None:
    network = with_texts()
    near(network)
    say(network)
    network.run(6.0)

    bursts = network.repeaters[LIEPAJA].radios.bursts
    times = [at for at, _ in bursts]
    gaps = [later - before for before, later in itertools.pairwise(times)]
    assert gaps == pytest.approx([0.06] * len(gaps))
    frames = [frame for _, frame in bursts]
    assert len({frame.stream for frame in frames}) == 1
    assert [frame.sequence for frame in frames] == list(range(len(frames)))
    assert {frame.repeater_id for frame in frames} == {LIEPAJA}
    # 6 preambles, 1 header; 29 characters of 16 bits and a CRC-32 make 7 blocks of 10 octets
    assert len(frames) == 6 + 1 + 7


def test_nothing_is_sent_while_somebody_talks_nor_in_the_hang_time() -> None:
    network = with_texts()
    near(network)
    begins = network.now
    ends = network.repeaters[LIEPAJA].talk(
        OTHER, TALKGROUP, Speech(duration_s=3.0), now=network.now
    )
    network.run(0.5)
    say(network)
    network.run(10.0)

    first = network.repeaters[LIEPAJA].radios.bursts[0][0]
    assert begins < ends
    assert first == pytest.approx(ends - 0.06 + 3.0 + DELAY_S)
    assert states(network) == [TextState.SENT, TextState.DELIVERED]


def test_the_other_slot_does_not_matter() -> None:
    network = with_texts()
    near(network, slot=2)
    network.repeaters[LIEPAJA].talk(
        OTHER, TALKGROUP, Speech(duration_s=10.0, slot=1), now=network.now
    )
    network.run(0.5)
    say(network)
    network.run(3.0)

    assert states(network) == [TextState.SENT, TextState.DELIVERED]


def test_a_radio_that_begins_to_talk_is_let_through_and_the_text_sent_again() -> None:
    network = with_texts()
    near(network)
    say(network)
    network.run(0.3)
    ends = network.repeaters[LIEPAJA].talk(
        OTHER, TALKGROUP, Speech(duration_s=1.2), now=network.now
    )
    network.run(10.0)

    bursts = network.repeaters[LIEPAJA].radios.bursts
    broken = [frame for at, frame in bursts if at < ends]
    whole = [frame for at, frame in bursts if at > ends]
    assert 0 < len(broken) < len(whole)
    assert {f.stream for f in broken}.isdisjoint(f.stream for f in whole)
    assert states(network) == [TextState.SENT, TextState.DELIVERED]


def test_a_text_that_is_broken_off_again_and_again_gets_through_at_last() -> None:
    network = with_texts()
    near(network)
    say(network)
    for _ in range(8):  # a channel full of short calls
        network.run(0.3)
        network.repeaters[LIEPAJA].talk(OTHER, TALKGROUP, Speech(duration_s=0.12), now=network.now)
        network.run(3.6)
    network.run(5.0)

    assert states(network) == [TextState.SENT, TextState.DELIVERED]


def test_a_silent_radio_is_tried_five_times() -> None:
    network = with_texts()
    near(network)
    network.repeaters[LIEPAJA].radios.present.clear()
    say(network)
    network.run(40.0)

    assert states(network) == [TextState.SENT, TextState.FAILED]
    failed = network.events(TextProgress)[-1]
    assert failed.reason is TextFailure.NO_ANSWER
    assert "5 times" in (failed.detail or "")
    assert len({f.stream for _, f in network.repeaters[LIEPAJA].radios.bursts}) == 5


def test_a_radio_that_was_never_heard_is_looked_for_everywhere() -> None:
    network = with_texts()
    network.repeaters[KAROSTA].radios.present.clear()
    say(network)
    network.run(8.0)

    assert network.repeaters[KAROSTA].radios.bursts
    assert states(network) == [TextState.SENT, TextState.DELIVERED]


def test_and_fails_as_not_registered() -> None:
    network = with_texts()
    for repeater in network.repeaters.values():
        repeater.radios.present.clear()
    say(network)
    network.run(60.0)

    assert states(network) == [TextState.SENT, TextState.FAILED]
    assert network.events(TextProgress)[-1].reason is TextFailure.NOT_REGISTERED


def test_a_talkgroup_is_sent_to_by_every_repeater_and_never_called_reached() -> None:
    network = with_texts()
    say(network, talkgroup=TalkgroupId("dmr", TALKGROUP))
    network.run(10.0)

    assert states(network) == [TextState.SENT]
    for repeater in network.repeaters.values():
        [text] = repeater.radios.texts
        assert (text.text, text.group, text.target, text.slot) == (WORDS, True, TALKGROUP, 2)


def test_repeaters_that_ask_for_other_talkgroups_are_left_out() -> None:
    network = with_texts()
    for number, options in ((LIEPAJA, f"TS1={TALKGROUP}"), (KAROSTA, "TS2=9")):
        rng, configuration = random.Random(1), Configuration(repeater_id=number, colour_code=7)
        network.repeaters[number] = HomebrewRepeater(
            configuration, PASSPHRASES[number].encode(), rng, options
        )
    network.log_in()
    say(network, talkgroup=TalkgroupId("dmr", TALKGROUP))
    network.run(10.0)

    assert [text.slot for text in network.repeaters[LIEPAJA].radios.texts] == [1]
    assert not network.repeaters[KAROSTA].radios.bursts


def test_without_confirmation_sent_is_the_last_word() -> None:
    network = with_texts(confirmed=False)
    near(network)
    say(network)
    network.run(40.0)

    assert states(network) == [TextState.SENT]
    assert len(network.repeaters[LIEPAJA].radios.texts) == 1


def test_a_repeated_command_sends_nothing_twice() -> None:
    network = with_texts()
    near(network)
    say(network)
    say(network)
    network.run(10.0)
    say(network)
    network.run(10.0)

    assert len(network.repeaters[LIEPAJA].radios.texts) == 1


def test_texts_to_one_slot_go_one_after_the_other() -> None:
    network = with_texts()
    near(network)
    for n in range(5):
        say(network, f"k{n}", f"text {n}")
    network.run(40.0)

    assert [t.text for t in network.repeaters[LIEPAJA].radios.texts] == [
        f"text {n}" for n in range(5)
    ]
    for n in range(5):
        assert states(network, f"k{n}") == [TextState.SENT, TextState.DELIVERED]


def test_a_repeater_that_leaves_fails_what_waits_for_it() -> None:
    network = with_texts()
    near(network)
    say(network)
    network.run(0.2)
    network.repeaters[LIEPAJA].close()
    network.run(1.0)

    assert states(network) == [TextState.FAILED]
    assert network.events(TextProgress)[-1].reason is TextFailure.LINK_DOWN
    network.run(60.0)
    assert states(network) == [TextState.FAILED]


def test_nobody_connected() -> None:
    network = Network(changes={"texts": TextConfig(source=DISPATCHER)})
    say(network)
    network.run(1.0)

    assert [e.reason for e in network.events(TextProgress)] == [TextFailure.LINK_DOWN]


def test_too_long_and_too_many() -> None:
    network = with_texts()
    say(network, "long", "x" * 141)
    for n in range(33):
        say(network, f"k{n}", "x" * 140)
    network.run(0.01)

    failed = {e.command: e.reason for e in network.events(TextProgress)}
    assert failed == {"long": TextFailure.TOO_LONG, "k32": TextFailure.BUSY}


def test_a_slot_that_never_gets_free() -> None:
    network = with_texts()
    near(network)
    network.repeaters[LIEPAJA].talk(OTHER, TALKGROUP, Speech(duration_s=70.0), now=network.now)
    network.run(0.5)
    say(network)
    network.run(65.0)

    assert [e.reason for e in network.events(TextProgress)] == [TextFailure.BUSY]
    assert not network.repeaters[LIEPAJA].radios.bursts


@pytest.mark.parametrize("seed", range(6))
def test_over_a_bad_network_a_text_ends_once_and_never_lies(seed: int) -> None:
    """One datagram in six of the radios' answers and of everything else that comes in is lost."""
    rng = random.Random(seed)

    def lossy(datagrams: list[bytes]) -> Iterable[bytes]:
        for datagram in datagrams:
            if not datagram.startswith(b"DMRD") or rng.random() > 1 / 6:
                yield datagram
                if rng.random() < 1 / 6:
                    yield datagram

    network = with_texts()
    network.path = lossy
    near(network)
    for n in range(4):
        say(network, f"k{n}", f"text {n}")
    network.run(120.0)

    for n in range(4):
        ended = states(network, f"k{n}")
        assert ended[0] is TextState.SENT
        assert ended[1:] in ([TextState.DELIVERED], [TextState.FAILED])
        heard = [t for t in network.repeaters[LIEPAJA].radios.texts if t.text == f"text {n}"]
        assert heard


@pytest.mark.parametrize("confirmed", [True, False])
def test_a_text_from_a_radio_with_a_stream_id_per_header(confirmed: bool) -> None:
    network = with_texts()
    parties = Parties(DISPATCHER, PATROL)
    bursts = text_bursts("Esmu klāt", parties, Channel(7), confirmed=True)
    network.repeaters[LIEPAJA].send(bursts, PATROL, DISPATCHER, now=network.now, slot=2)
    network.run(3.0)

    [text] = network.events(TextReceived)
    assert (text.radio, text.text, text.site) == (RADIO, "Esmu klāt", "Liepāja")


def test_two_repeaters_hear_one_text() -> None:
    network = with_texts()
    bursts = text_bursts("Esmu klāt", Parties(DISPATCHER, PATROL), Channel(7))
    for number in (LIEPAJA, KAROSTA):
        network.repeaters[number].send(bursts, PATROL, DISPATCHER, now=network.now)
    network.run(3.0)

    assert len(network.events(TextReceived)) == 1


def test_a_status_from_a_radio() -> None:
    network = with_texts()
    bursts = status_bursts(5, Parties(DISPATCHER, PATROL), Channel(7))
    network.repeaters[LIEPAJA].send(bursts, PATROL, DISPATCHER, now=network.now)
    network.run(1.0)

    [status] = network.events(StatusReceived)
    assert (status.radio, status.status) == (RADIO, 5)


@pytest.mark.parametrize("target", [DISPATCHER, OTHER])
def test_a_radio_is_told_that_its_text_has_arrived(target: int) -> None:
    network = with_texts()
    repeater = network.repeaters[LIEPAJA]
    bursts = text_bursts("Sveiki", Parties(target, PATROL), Channel(7), confirmed=True)
    network.master.outgoing()
    for _ in range(2):  # the first answer gets lost
        repeater.send(bursts, PATROL, target, now=network.now, slot=1)
        network.run(3.0)

    assert [text.text for text in network.events(TextReceived)] == ["Sveiki"]
    answers = [frame for _, frame in repeater.radios.bursts]
    if target != DISPATCHER:
        assert answers == []
        return
    assert len(answers) == 2
    assert {(a.source, a.target, a.slot, a.group) for a in answers} == {
        (DISPATCHER, PATROL, 1, False)
    }
    assert repeater.radios.confirmed == {(PATROL, 0)}


def test_the_answer_to_a_text_waits_until_it_is_stored() -> None:
    network = with_texts()
    repeater = network.repeaters[LIEPAJA]
    bursts = text_bursts("Sveiki", Parties(DISPATCHER, PATROL), Channel(7), confirmed=True)
    repeater.send(bursts, PATROL, DISPATCHER, now=network.now, slot=1)
    held = []
    for _ in range(40):
        network.now += 0.06
        repeater.expire(network.now)
        for datagram in repeater.outgoing():
            network.send(datagram)
        held += [out for out in network.master.outgoing() if out.acknowledges]

    assert len(held) == 1
