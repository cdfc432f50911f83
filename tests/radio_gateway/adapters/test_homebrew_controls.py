"""Call alerts and radio checks over repeaters: done when the radio has answered, and only then."""

import pytest

from radio_gateway.adapters._homebrew_packets import TextConfig
from radio_gateway.adapters._homebrew_texts import MAX_ATTEMPTS
from radio_gateway.domain.commands import CallAlert, Command, DisableRadio, RadioCheck
from radio_gateway.domain.events import (
    CallAlertReceived,
    CommandOutcome,
    CommandResult,
    TextProgress,
    TextReceived,
)
from radio_gateway.domain.ids import RadioId
from radio_gateway.protocols.dmr import csbk
from radio_gateway.protocols.dmr.air import Channel, Parties
from radio_gateway.protocols.dmr.burst import DataBurst, parse_burst
from radio_gateway.protocols.dmr.packet_building import short_data
from radio_gateway.protocols.dmr.slot_type import DataType
from radio_gateway.simulator.peers.speech import Speech
from tests.radio_gateway.adapters.homebrew_network import KAROSTA, LIEPAJA, Network, moment

PATROL, OTHER, DISPATCHER, TALKGROUP = 2460012, 2460013, 2460001, 24601
RADIO = RadioId("dmr", PATROL)
CHECK = RadioCheck(command="k", radio=RADIO)
ALERT = CallAlert(command="k", radio=RADIO)


def heard_network(source: int | None = DISPATCHER) -> Network:
    """The patrol was heard on slot 1 of Karosta, and the pause after it is over."""
    network = Network(changes={"texts": TextConfig(source=source)})
    network.log_in()
    network.repeaters[KAROSTA].talk(
        PATROL, TALKGROUP, Speech(duration_s=0.6, slot=1), now=network.now
    )
    network.run(6.0)
    network.heard.clear()
    return network


def blocks(network: Network, number: int) -> list[csbk.Csbk]:
    """The control blocks that a repeater put on the air, preambles left out."""
    found = []
    for _, frame in network.repeaters[number].radios.bursts:
        burst = parse_burst(frame.burst)
        assert isinstance(burst, DataBurst)
        assert frame.detail == DataType.CSBK
        block = csbk.Csbk.parse(burst.payload())
        if not isinstance(block.message(), csbk.Preamble):
            found.append(block)
    return found


def outcomes(network: Network) -> list[CommandOutcome]:
    assert not network.events(TextProgress)
    return [event.outcome for event in network.events(CommandResult)]


def answer(network: Network, block: csbk.Csbk) -> None:
    """Let the patrol answer from where it is."""
    network.repeaters[KAROSTA].control(block, PATROL, DISPATCHER, now=network.now, slot=1)
    network.run(1.0)


@pytest.mark.parametrize(
    ("command", "octets"),
    [
        # first ten octets by the table of opcodes: radio 2460012 and dispatcher 2460001
        (ALERT, "9f10 0000 25896c 258961"),
        (CHECK, "a410 0080 25896c 258961"),
    ],
)
def test_the_block_goes_where_the_radio_was_heard(command: Command, octets: str) -> None:
    network = heard_network()
    network.master.command(command, moment(network.now))
    network.run(1.0)

    [block] = blocks(network, KAROSTA)
    assert block.build()[:10] == bytes.fromhex(octets)
    assert {f.slot for _, f in network.repeaters[KAROSTA].radios.bursts} == {1}
    assert not network.repeaters[LIEPAJA].radios.bursts
    assert outcomes(network) == []


@pytest.mark.parametrize(
    ("command", "block"),
    [
        (ALERT, csbk.ServiceAck(DISPATCHER, PATROL).build()),
        (ALERT, csbk.ServiceAck(PATROL, DISPATCHER, service=0).build()),
        (CHECK, csbk.RadioCheck(DISPATCHER, PATROL, request=False).build()),
    ],
)
def test_the_radios_answer_ends_it(command: Command, block: csbk.Csbk) -> None:
    network = heard_network()
    network.master.command(command, moment(network.now))
    network.run(1.0)
    answer(network, block)
    network.run(30.0)

    assert outcomes(network) == [CommandOutcome.DONE]
    assert len(blocks(network, KAROSTA)) == 1


@pytest.mark.parametrize("command", [ALERT, CHECK])
def test_a_simulated_radio_answers_by_itself(command: Command) -> None:
    network = heard_network()
    network.repeaters[KAROSTA].radios.present.add(PATROL)
    network.master.command(command, moment(network.now))
    network.run(5.0)

    assert outcomes(network) == [CommandOutcome.DONE]


@pytest.mark.parametrize(
    "block",
    [
        csbk.RadioCheck(DISPATCHER, OTHER, request=False).build(),
        csbk.RadioCheck(DISPATCHER, PATROL, request=True).build(),
        csbk.ServiceAck(DISPATCHER, PATROL, service=csbk.EmergencyAlarm.OPCODE).build(),
        csbk.CallAlert(DISPATCHER, PATROL).build(),
    ],
)
def test_other_blocks_end_nothing(block: csbk.Csbk) -> None:
    network = heard_network()
    network.master.command(CHECK, moment(network.now))
    network.run(1.0)
    answer(network, block)

    assert outcomes(network) == []


def test_an_answer_before_the_question_is_none() -> None:
    network = heard_network()
    answer(network, csbk.RadioCheck(DISPATCHER, PATROL, request=False).build())
    network.master.command(CHECK, moment(network.now))
    network.run(0.2)

    assert outcomes(network) == []


def test_a_silent_radio_is_asked_several_times() -> None:
    network = heard_network()
    network.master.command(CHECK, moment(network.now))
    network.run(60.0)

    assert outcomes(network) == [CommandOutcome.FAILED]
    [result] = network.events(CommandResult)
    assert f"{MAX_ATTEMPTS} times" in (result.detail or "")
    assert len(blocks(network, KAROSTA)) == MAX_ATTEMPTS


def test_nothing_is_sent_over_somebody_who_talks() -> None:
    network = heard_network()
    ends = network.repeaters[KAROSTA].talk(
        OTHER, TALKGROUP, Speech(duration_s=3.0), now=network.now
    )
    network.run(0.5)
    network.master.command(ALERT, moment(network.now))
    network.run(10.0)

    assert network.repeaters[KAROSTA].radios.bursts[0][0] > ends


def test_a_command_given_twice_is_carried_out_once() -> None:
    network = heard_network()
    for _ in range(2):
        network.master.command(CHECK, moment(network.now))
    network.run(1.0)

    assert len(blocks(network, KAROSTA)) == 1


@pytest.mark.parametrize(
    ("source", "command"),
    [(None, CHECK), (None, ALERT), (DISPATCHER, DisableRadio(command="k", radio=RADIO))],
)
def test_what_a_link_cannot_do_is_refused(source: int | None, command: Command) -> None:
    network = heard_network(source)
    network.master.command(command, moment(network.now))
    network.run(10.0)

    assert outcomes(network) == [CommandOutcome.REFUSED]
    assert not network.repeaters[KAROSTA].radios.bursts


def test_without_a_repeater_it_fails() -> None:
    network = heard_network()
    for repeater in network.repeaters.values():
        repeater.close()
    network.run(1.0)
    network.master.command(CHECK, moment(network.now))
    network.run(1.0)

    assert outcomes(network) == [CommandOutcome.FAILED]


@pytest.mark.parametrize(("target", "called"), [(DISPATCHER, None), (OTHER, RadioId("dmr", OTHER))])
def test_a_wish_to_be_called_back_says_whom_it_asks_unless_the_dispatcher(
    target: int, called: RadioId | None
) -> None:
    network = heard_network()
    network.repeaters[KAROSTA].call_alert(PATROL, target, now=network.now, slot=1)
    network.run(1.0)
    [asked] = network.events(CallAlertReceived)
    assert (asked.radio, asked.called) == (RADIO, called)


@pytest.mark.parametrize(("target", "called"), [(DISPATCHER, None), (OTHER, RadioId("dmr", OTHER))])
def test_a_text_says_whom_it_is_for_unless_the_dispatcher(
    target: int, called: RadioId | None
) -> None:
    network = heard_network()
    text = short_data("Sveiki".encode("utf-16-be"), Parties(target, PATROL), character_format=0x14)
    network.repeaters[KAROSTA].send(
        text.bursts(Channel(1)), PATROL, target, now=network.now, slot=1
    )
    network.run(2.0)
    [written] = network.events(TextReceived)
    assert (written.text, written.called) == ("Sveiki", called)
