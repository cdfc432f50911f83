"""The listening peer: joins, answers, believes nobody else, gives up and comes back."""

import pytest

from radio_gateway.protocols.errors import MalformedError, RefusedError
from radio_gateway.protocols.mototrbo.ipsc import Packet, parse_packet
from radio_gateway.protocols.mototrbo.ipsc_auth import IpscKey
from radio_gateway.protocols.mototrbo.ipsc_monitor import RepeaterState
from radio_gateway.protocols.mototrbo.ipsc_peering import (
    Goodbye,
    GoodbyeAnswer,
    MasterAlive,
    MasterAliveAnswer,
    MasterRegistered,
    MasterRegistration,
    Mode,
    PeerAlive,
    PeerAliveAnswer,
    PeerEntry,
    PeerList,
    PeerListRequest,
    PeerRegistered,
    PeerRegistration,
    Version,
)
from radio_gateway.protocols.mototrbo.ipsc_session import Address, Change, ListeningPeer, State

US, MASTER, EAST, WEST = 9, 100, 201, 202
AT_MASTER = Address("192.0.2.1", 50000)
AT_EAST = Address("192.0.2.2", 50001)
AT_WEST = Address("192.0.2.3", 50000)
STRANGER = Address("198.51.100.1", 50000)
LIST = PeerList(
    MASTER,
    (
        PeerEntry(US, "192.0.2.99", 50000, Mode()),
        PeerEntry(EAST, *AT_EAST, Mode()),
        PeerEntry(WEST, *AT_WEST, Mode()),
    ),
)


def sent(session: ListeningPeer) -> list[tuple[Packet, Address]]:
    return [(parse_packet(data), to) for data, to in session.outgoing()]


def registered(peers: int = 3) -> bytes:
    return MasterRegistered(MASTER, Mode(), 0xE00D, peers, Version()).build()


@pytest.fixture
def session() -> ListeningPeer:
    """Registering."""
    made = ListeningPeer(US, AT_MASTER)
    made.open(0.0)
    made.outgoing()
    made.changes()
    return made


@pytest.fixture
def joined(session: ListeningPeer) -> ListeningPeer:
    """In, with two other peers that have answered."""
    session.feed(registered(), AT_MASTER, 0.1)
    session.feed(LIST.build(), AT_MASTER, 0.2)
    session.feed(PeerRegistered(EAST, Version()).build(), AT_EAST, 0.3)
    session.feed(PeerRegistered(WEST, Version()).build(), AT_WEST, 0.3)
    session.outgoing()
    session.changes()
    return session


def test_it_joins_and_greets_every_peer_but_itself() -> None:
    session = ListeningPeer(US, AT_MASTER)
    session.open(0.0)
    wish = MasterRegistration(US, Mode(), 0xE00C, Version())
    assert sent(session) == [(wish, AT_MASTER)]
    assert wish.build().hex() == "90000000096a0000e00c04020401"
    session.feed(registered(), AT_MASTER, 0.1)
    assert sent(session) == [(PeerListRequest(US), AT_MASTER)]
    session.feed(LIST.build(), AT_MASTER, 0.2)
    greeting = PeerRegistration(US, Version())
    assert sent(session) == [(greeting, AT_EAST), (greeting, AT_WEST)]
    session.feed(PeerRegistered(EAST, Version()).build(), AT_EAST, 0.3)
    assert session.changes() == [
        Change(None, State.DOWN, State.REGISTERING, "registering with the master"),
        Change(None, State.REGISTERING, State.UP, "the master 100 lets us in"),
        Change(EAST, State.DOWN, State.REGISTERING, "named by the master"),
        Change(WEST, State.DOWN, State.REGISTERING, "named by the master"),
        Change(EAST, State.REGISTERING, State.UP, "the peer answers"),
    ]


def test_a_call_monitor_takes_no_traffic() -> None:
    session = ListeningPeer(US, AT_MASTER, streams=False)
    session.open(0.0)
    assert [data.hex() for data, _ in session.outgoing()] == ["9000000009600000e00004020401"]


def test_a_lost_answer_is_asked_for_again(session: ListeningPeer) -> None:
    session.expire(0.9)
    assert sent(session) == []
    for due in (1.0, 3.0, 8.0, 13.0):
        assert session.deadline() == due
        session.expire(due)
        assert [type(packet) for packet, _ in sent(session)] == [MasterRegistration]
    session.feed(registered(), AT_MASTER, 13.1)
    session.outgoing()
    assert session.deadline() == pytest.approx(18.1)
    session.expire(18.1)
    assert [type(p) for p, _ in sent(session)] == [MasterAlive, PeerListRequest]


def test_it_keeps_everybody_alive_and_answers(joined: ListeningPeer) -> None:
    joined.expire(5.1)
    alive = PeerAlive(US, Mode(), 0xE00C)
    assert sent(joined) == [
        (MasterAlive(US, Mode(), 0xE00C, Version()), AT_MASTER),
        (alive, AT_EAST),
        (alive, AT_WEST),
    ]
    joined.feed(PeerAlive(EAST, Mode(), 0).build(), AT_EAST, 5.2)
    joined.feed(PeerRegistration(WEST, Version()).build(), AT_WEST, 5.2)
    joined.feed(PeerAliveAnswer(EAST, Mode(), 0).build(), AT_EAST, 5.2)
    assert sent(joined) == [
        (PeerAliveAnswer(US, Mode(), 0xE00C), AT_EAST),
        (PeerRegistered(US, Version()), AT_WEST),
    ]


def test_a_silent_master_is_lost_and_comes_back(joined: ListeningPeer) -> None:
    now = 0.1
    for _ in range(4):
        now += 5.0
        for sender, address in ((EAST, AT_EAST), (WEST, AT_WEST)):
            joined.feed(PeerAliveAnswer(sender, Mode(), 0).build(), address, now)
        joined.expire(now)
    assert joined.changes() == []
    joined.outgoing()
    joined.expire(25.1)
    lost = Change(None, State.UP, State.REGISTERING, "the master does not answer")
    assert joined.changes() == [lost]
    assert [type(p) for p, to in sent(joined) if to == AT_MASTER] == [MasterRegistration]
    joined.feed(registered(), AT_MASTER, 26.0)
    assert joined.state is State.UP


def test_traffic_counts_as_keep_alive(joined: ListeningPeer) -> None:
    for n in range(1, 20):
        joined.feed(RepeaterState(MASTER, 1, 2).build(), AT_MASTER, 5.0 * n)
        joined.feed(RepeaterState(EAST, 1, 2).build(), AT_EAST, 5.0 * n)
        joined.expire(5.0 * n + 0.1)
    assert [change.peer for change in joined.changes()] == [WEST]


def test_a_new_list_forgets_who_left_and_greets_who_moved(joined: ListeningPeer) -> None:
    moved = Address("192.0.2.77", 50000)
    joined.feed(PeerList(MASTER, (PeerEntry(WEST, *moved, Mode()),)).build(), AT_MASTER, 1.0)
    assert [(c.peer, c.new) for c in joined.changes()] == [
        (EAST, State.DOWN),
        (WEST, State.DOWN),
        (WEST, State.REGISTERING),
    ]
    assert sent(joined) == [(PeerRegistration(US, Version()), moved)]
    for old in (AT_EAST, AT_WEST):
        with pytest.raises(RefusedError, match="stranger"):
            joined.feed(RepeaterState(WEST, 1, 2).build(), old, 1.1)
    assert joined.feed(RepeaterState(WEST, 1, 2).build(), moved, 1.1) is not None


@pytest.mark.parametrize(
    "entry",
    [
        PeerEntry(5, "0.0.0.0", 50000, Mode()),  # what a broken list may name
        PeerEntry(5, "224.0.0.1", 50000, Mode()),
        PeerEntry(5, "255.255.255.255", 50000, Mode()),
        PeerEntry(5, "192.0.2.5", 0, Mode()),
        PeerEntry(US, "192.0.2.5", 50000, Mode()),
        PeerEntry(MASTER, "192.0.2.5", 50000, Mode()),
        PeerEntry(5, *AT_MASTER, Mode()),
    ],
)
def test_a_useless_entry_is_never_spoken_to(joined: ListeningPeer, entry: PeerEntry) -> None:
    joined.feed(PeerList(MASTER, (entry,)).build(), AT_MASTER, 1.0)
    joined.expire(6.0)
    assert {to for _, to in sent(joined)} == {AT_MASTER}


def test_only_allowed_addresses_become_peers() -> None:
    session = ListeningPeer(US, AT_MASTER, allowed=frozenset({AT_EAST.host}))
    session.open(0.0)
    session.feed(registered(), AT_MASTER, 0.1)
    session.outgoing()
    session.feed(LIST.build(), AT_MASTER, 0.2)
    assert [to for _, to in sent(session)] == [AT_EAST]


@pytest.mark.parametrize(
    ("packet", "sender"),
    [
        (RepeaterState(EAST, 1, 2), STRANGER),
        (RepeaterState(EAST, 1, 2), Address(AT_EAST.host, 50002)),
        (RepeaterState(EAST, 1, 2), AT_WEST),
        (RepeaterState(EAST, 1, 2), AT_MASTER),
        (PeerList(EAST, ()), AT_MASTER),
        (MasterRegistered(7, Mode(), 0, 0, Version()), AT_MASTER),
        (MasterRegistered(MASTER, Mode(), 0, 0, Version()), STRANGER),
        (Goodbye(MASTER), AT_EAST),
    ],
)
def test_wrong_senders_change_nothing(
    joined: ListeningPeer, packet: Packet, sender: Address
) -> None:
    with pytest.raises(RefusedError):
        joined.feed(packet.build(), sender, 1.0)
    assert joined.changes() == []
    assert joined.outgoing() == []
    assert joined.state is State.UP


def test_nothing_is_believed_before_the_master_lets_us_in(session: ListeningPeer) -> None:
    for packet in (LIST, RepeaterState(MASTER, 1, 2), Goodbye(MASTER)):
        with pytest.raises(RefusedError):
            session.feed(packet.build(), AT_MASTER, 0.1)
    assert session.changes() == []
    assert session.outgoing() == []


def test_goodbyes_are_answered_and_the_way_back_is_open(joined: ListeningPeer) -> None:
    joined.feed(Goodbye(EAST).build(), AT_EAST, 1.0)
    joined.feed(Goodbye(MASTER).build(), AT_MASTER, 1.0)
    assert sent(joined) == [(GoodbyeAnswer(US), AT_EAST), (GoodbyeAnswer(US), AT_MASTER)]
    assert [(c.peer, c.new) for c in joined.changes()] == [
        (EAST, State.REGISTERING),
        (None, State.REGISTERING),
    ]
    joined.expire(5.1)
    assert [type(p) for p, _ in sent(joined)] == [MasterRegistration, PeerRegistration, PeerAlive]


def test_leaving_says_goodbye_to_everybody(joined: ListeningPeer) -> None:
    joined.close("the gateway stops")
    assert sent(joined) == [(Goodbye(US), to) for to in (AT_MASTER, AT_EAST, AT_WEST)]
    assert joined.deadline() is None
    with pytest.raises(RefusedError):
        joined.feed(registered(), AT_MASTER, 1.0)


def test_a_network_with_a_key_takes_and_sends_sealed_packets_only() -> None:
    key = IpscKey("1A2B3C")
    session = ListeningPeer(US, AT_MASTER, key=key)
    session.open(0.0)
    ((wish, _),) = session.outgoing()
    assert parse_packet(key.open(wish)) == MasterRegistration(US, Mode(), 0xE01C, Version())
    with pytest.raises(RefusedError, match="wrong hash"):
        session.feed(registered(), AT_MASTER, 0.1)
    with pytest.raises(RefusedError, match="wrong hash"):
        session.feed(IpscKey("AA").seal(registered()), AT_MASTER, 0.1)
    assert session.changes()[-1].new is State.REGISTERING
    session.feed(key.seal(registered()), AT_MASTER, 0.2)
    assert session.changes()[-1].new is State.UP


def test_what_is_too_long_is_malformed(joined: ListeningPeer) -> None:
    with pytest.raises(MalformedError, match="longer than any"):
        joined.feed(bytes(4096), AT_MASTER, 1.0)


def test_the_keep_alive_of_the_master_needs_no_answer(joined: ListeningPeer) -> None:
    answer = MasterAliveAnswer(MASTER, Mode(), 0xE00D, Version())
    assert joined.feed(answer.build(), AT_MASTER, 1.0) is None
    assert joined.outgoing() == []
