"""Logins from both sides, without waiting and without sockets."""

import contextlib
import hashlib
import itertools
import random
from dataclasses import dataclass, field

import pytest
from hypothesis import given
from hypothesis import strategies as st

from radio_gateway.protocols.errors import MalformedError, NotReadyError, RefusedError
from radio_gateway.protocols.homebrew import peer
from radio_gateway.protocols.homebrew.configuration import Configuration, HostConfiguration
from radio_gateway.protocols.homebrew.dmrd import DmrFrame, FrameType
from radio_gateway.protocols.homebrew.master import Address, MasterSession, State
from radio_gateway.protocols.homebrew.messages import Key, Login, login_digest

ID = 246001
OTHER_ID = 246002
UNKNOWN_ID = 999
PASSPHRASE = b"correct horse battery staple"
HERE = Address("10.0.0.1", 62031)
ELSEWHERE = Address("10.0.0.66", 4000)
NAK = b"MSTNAK" + ID.to_bytes(4, "big")
ACK = b"RPTACK" + ID.to_bytes(4, "big")


@dataclass
class Master:
    """A master with salts that count up, and what it answered."""

    session: MasterSession = field(init=False)

    def __post_init__(self) -> None:
        counter = itertools.count(1)
        self.session = MasterSession(
            {ID: PASSPHRASE, OTHER_ID: b"another passphrase, also long"},
            salt=lambda: next(counter).to_bytes(4, "big"),
            host_dialect_from=frozenset({"127.0.0.1"}),
        )

    def send(self, datagram: bytes, sender: Address = HERE, now: float = 0.0) -> list[bytes]:
        """The answers; a refusal shows in them only."""
        with contextlib.suppress(RefusedError):
            self.session.feed(datagram, sender, now)
        return [data for data, to in self.session.outgoing() if to == sender]

    def log_in(self, sender: Address = HERE, now: float = 0.0) -> None:
        [answer] = self.send(Login(ID).build(), sender, now)
        digest = login_digest(answer[6:], PASSPHRASE)
        assert self.send(Key(ID, digest).build(), sender, now) == [ACK]
        assert self.send(CONFIGURATION, sender, now) == [ACK]

    def is_up(self, sender: Address = HERE) -> bool:
        session = self.session.session(ID)
        return session is not None and session.state is State.UP and session.address == sender


CONFIGURATION = Configuration(repeater_id=ID, callsign="LIEPAJA").build()
PING = b"RPTPING" + ID.to_bytes(4, "big")
VOICE = DmrFrame(
    sequence=0, source=1, target=9, repeater_id=ID, slot=1, group=True,
    frame_type=FrameType.VOICE, detail=1, stream=b"\1\2\3\4", burst=bytes(33),
).build()  # fmt: skip


@pytest.fixture
def master() -> Master:
    return Master()


def test_login_by_the_book(master: Master) -> None:
    assert master.send(b"RPTL\x00\x03\xc0\xf1") == [b"RPTACK\x00\x00\x00\x01"]
    digest = login_digest(bytes.fromhex("00000001"), PASSPHRASE)
    assert master.send(b"RPTK\x00\x03\xc0\xf1" + digest) == [ACK]
    assert master.send(CONFIGURATION) == [ACK]
    assert master.send(b"RPTO\x00\x03\xc0\xf1TS1=1,2;TS2=9") == [ACK]
    assert master.send(PING) == [b"MSTPONG\x00\x03\xc0\xf1"]
    assert [(t.old, t.new) for t in master.session.transitions()] == [
        (State.DOWN, State.CONFIG_WAIT),
        (State.CONFIG_WAIT, State.UP),
    ]


def test_frames_pass_only_after_the_configuration(master: Master) -> None:
    [answer] = master.send(Login(ID).build())
    master.send(Key(ID, login_digest(answer[6:], PASSPHRASE)).build())
    with pytest.raises(RefusedError, match="not configured"):
        master.session.feed(VOICE, HERE, 0.0)
    master.send(CONFIGURATION)

    assert isinstance(master.session.feed(VOICE, HERE, 0.0), DmrFrame)


def test_a_repeater_whose_configuration_was_lost_is_sent_to_log_in_anew(master: Master) -> None:
    """An acknowledgement that came twice makes it believe that it is done, and ping for ever."""
    [answer] = master.send(Login(ID).build())
    master.send(Key(ID, login_digest(answer[6:], PASSPHRASE)).build())

    assert master.send(PING, now=5.0) == [NAK]
    assert master.session.session(ID) is None
    master.log_in(now=6.0)
    assert master.is_up()


@pytest.mark.parametrize("wrong_from", [0, 4, 31])
def test_a_digest_with_any_wrong_octet_is_refused(master: Master, wrong_from: int) -> None:
    [answer] = master.send(Login(ID).build())
    digest = login_digest(answer[6:], PASSPHRASE)
    forged = digest[:wrong_from] + bytes(octet ^ 0xFF for octet in digest[wrong_from:])

    assert master.send(Key(ID, forged).build()) == [NAK]
    assert not master.is_up()


def test_a_salt_serves_once(master: Master) -> None:
    [answer] = master.send(Login(ID).build())
    wrong = Key(ID, bytes(32)).build()
    right = Key(ID, login_digest(answer[6:], PASSPHRASE)).build()

    assert master.send(wrong) == [NAK]
    assert master.send(right) == [NAK]


def test_a_repeated_request_gets_the_same_salt(master: Master) -> None:
    assert master.send(Login(ID).build()) == master.send(Login(ID).build())
    assert master.send(Login(ID).build(), ELSEWHERE) != master.send(Login(ID).build())


def test_a_salt_dies_after_ten_seconds(master: Master) -> None:
    [answer] = master.send(Login(ID).build(), now=0.0)
    key = Key(ID, login_digest(answer[6:], PASSPHRASE)).build()

    assert master.send(key, now=10.0) == [NAK]


def test_a_salt_serves_its_own_address_only(master: Master) -> None:
    [answer] = master.send(Login(ID).build(), HERE)
    key = Key(ID, login_digest(answer[6:], PASSPHRASE)).build()

    assert master.send(key, ELSEWHERE) == [NAK]


def test_a_lost_acknowledgement_is_repeated(master: Master) -> None:
    [answer] = master.send(Login(ID).build())
    key = Key(ID, login_digest(answer[6:], PASSPHRASE)).build()

    assert master.send(key) == [ACK]
    assert master.send(key) == [ACK]
    assert master.send(CONFIGURATION) == [ACK]


def test_unknown_repeater_gets_a_salt_like_any_other(master: Master) -> None:
    [answer] = master.send(Login(UNKNOWN_ID).build())
    assert answer.startswith(b"RPTACK")
    key = Key(UNKNOWN_ID, login_digest(answer[6:], b"")).build()

    assert master.send(key) == [b"MSTNAK" + UNKNOWN_ID.to_bytes(4, "big")]
    assert master.session.session(UNKNOWN_ID) is None


class TestForgedAddress:
    """Somebody else on the network knows a live repeater's id."""

    @pytest.mark.parametrize(
        "datagram",
        [
            Login(ID).build(),
            Key(ID, bytes(32)).build(),
            CONFIGURATION,
            b"RPTO" + ID.to_bytes(4, "big") + b"TS1=1",
            PING,
            b"RPTCL" + ID.to_bytes(4, "big"),
            VOICE,
            b"RPTG" + ID.to_bytes(4, "big") + b"+56.5047+021.0108",
            b"DMRA" + ID.to_bytes(4, "big") + bytes(11),
            b"DMRG" + ID.to_bytes(4, "big") + bytes(10),
        ],
    )
    def test_nothing_disturbs_the_live_session(self, master: Master, datagram: bytes) -> None:
        master.log_in()
        master.session.transitions()

        with contextlib.suppress(RefusedError):
            assert master.session.feed(datagram, ELSEWHERE, 1.0) is None

        assert master.is_up(HERE)
        assert master.session.transitions() == []
        assert isinstance(master.session.feed(VOICE, HERE, 2.0), DmrFrame)

    @pytest.mark.parametrize("datagram", [PING, VOICE, CONFIGURATION])
    def test_the_stranger_is_told_to_log_in(self, master: Master, datagram: bytes) -> None:
        master.log_in()

        assert master.send(datagram, ELSEWHERE) == [NAK]

    def test_another_port_is_another_address(self, master: Master) -> None:
        master.log_in()

        assert master.send(PING, Address(HERE.host, HERE.port + 1)) == [NAK]

    def test_a_live_address_never_hears_mstnak_for_another_id(self, master: Master) -> None:
        master.log_in()

        assert master.send(b"RPTPING" + OTHER_ID.to_bytes(4, "big"), HERE) == []

    def test_the_repeater_itself_moves_by_a_full_login(self, master: Master) -> None:
        master.log_in(HERE)
        master.log_in(ELSEWHERE, now=1.0)

        assert master.is_up(ELSEWHERE)
        assert master.send(PING, HERE) == [NAK]


def test_ping_of_an_unknown_session_is_refused_so_that_peers_log_in_again(master: Master) -> None:
    assert master.send(PING) == [NAK]


def test_farewell_frees_the_session(master: Master) -> None:
    master.log_in()

    assert master.send(b"RPTCL" + ID.to_bytes(4, "big")) == [NAK]
    assert master.session.session(ID) is None
    assert master.session.transitions()[-1].reason == "the repeater left"


def test_three_missed_pings_end_the_session(master: Master) -> None:
    master.log_in(now=0.0)
    master.send(PING, now=10.0)

    assert master.session.deadline() == 45.0
    master.session.expire(44.9)
    assert master.is_up()
    master.session.expire(45.0)
    assert master.session.session(ID) is None
    assert master.session.transitions()[-1].reason == "no keep-alive for 35 s"


def test_five_wrong_answers_block_the_address_and_only_it(master: Master) -> None:
    for attempt in range(5):
        now = float(attempt)
        master.send(Login(ID).build(), ELSEWHERE, now)
        master.send(Key(ID, bytes(32)).build(), ELSEWHERE, now)

    assert master.send(Login(ID).build(), ELSEWHERE, 5.0) == []
    master.log_in(HERE, now=6.0)
    assert master.send(Login(ID).build(), ELSEWHERE, 603.9) == []
    assert master.send(Login(ID).build(), ELSEWHERE, 604.1) != []


def test_a_flood_of_login_requests_is_not_answered(master: Master) -> None:
    answered = sum(len(master.send(Login(ID).build(), ELSEWHERE)) for _ in range(100))

    assert answered == 30


class TestHostDialect:
    HOST = Address("127.0.0.1", 62032)
    DMRC = HostConfiguration(repeater_id=ID, callsign="LIEPAJA").build()

    def test_an_allowed_address_needs_no_login(self, master: Master) -> None:
        master.send(self.DMRC, self.HOST)

        assert master.is_up(self.HOST)
        assert isinstance(master.session.feed(VOICE, self.HOST, 0.0), DmrFrame)

    def test_any_other_address_does(self, master: Master) -> None:
        with pytest.raises(MalformedError, match="unknown command"):
            master.session.feed(self.DMRC, ELSEWHERE, 0.0)
        assert master.session.session(ID) is None

    def test_it_takes_no_session_that_has_a_passphrase(self, master: Master) -> None:
        master.log_in()
        master.send(self.DMRC, self.HOST)

        assert master.is_up(HERE)

    def test_an_unknown_repeater_is_refused(self, master: Master) -> None:
        dmrc = HostConfiguration(repeater_id=UNKNOWN_ID).build()
        with pytest.raises(RefusedError, match="not configured"):
            master.session.feed(dmrc, self.HOST, 0.0)

    def test_short_alias_and_position_are_understood(self, master: Master) -> None:
        master.send(self.DMRC, self.HOST)

        assert master.session.feed(b"DMRA\x28\x07\x22\x00ABCDEFG", self.HOST, 0.0) is not None
        assert master.session.feed(b"DMRG\x28\x07\x22" + bytes(7), self.HOST, 0.0) is not None


DATAGRAMS = [
    Login(ID).build(),
    Key(ID, bytes(32)).build(),
    Key(ID, login_digest(bytes(4), PASSPHRASE)).build(),
    CONFIGURATION,
    PING,
    VOICE,
    b"RPTCL" + ID.to_bytes(4, "big"),
    ACK,
    NAK,
]


@given(
    st.lists(
        st.tuples(
            st.sampled_from(DATAGRAMS) | st.binary(max_size=64),
            st.sampled_from([HERE, ELSEWHERE]),
            st.floats(0, 20),
        ),
        max_size=40,
    )
)
def test_nobody_gets_in_without_the_passphrase(
    steps: list[tuple[bytes, Address, float]],
) -> None:
    master = Master()
    now = 0.0
    for datagram, sender, wait in steps:
        now += wait
        with contextlib.suppress(RefusedError, MalformedError):
            assert master.session.feed(datagram, sender, now) is None
        master.session.expire(now)

    assert master.session.session(ID) is None
    assert master.session.transitions() == []


@pytest.mark.slow
def test_100_000_steps_of_an_attacker_leave_the_live_session_alone() -> None:
    rng = random.Random(100_000)
    master = Master()
    master.log_in()
    master.session.transitions()
    strangers = [Address(f"10.0.1.{n}", 4000 + n) for n in range(200)]
    now = 0.0
    for _ in range(100_000):
        now += rng.random() / 100
        datagram = rng.choice(DATAGRAMS) if rng.random() < 0.8 else rng.randbytes(40)
        stranger = rng.choice(strangers)
        with contextlib.suppress(RefusedError, MalformedError):
            assert master.session.feed(datagram, stranger, now) is None
        assert all(to == stranger for _, to in master.session.outgoing())
        master.session.feed(PING, HERE, now)
        master.session.outgoing()
        master.session.expire(now)

    assert master.is_up()
    assert master.session.transitions() == []


def test_bursts_go_to_where_the_repeater_speaks_from(master: Master) -> None:
    master.log_in()
    master.session.send(DmrFrame.parse(VOICE))
    master.session.ask_for_beacon(ID)

    assert master.session.outgoing() == [
        (VOICE, HERE),
        (b"RPTSBKN" + ID.to_bytes(4, "big"), HERE),
    ]
    assert [session.repeater_id for session in master.session.up()] == [ID]


def test_nothing_goes_to_a_repeater_that_is_not_there(master: Master) -> None:
    assert master.session.up() == []
    with pytest.raises(NotReadyError, match="not logged in"):
        master.session.send(DmrFrame.parse(VOICE))
    with pytest.raises(NotReadyError, match="not logged in"):
        master.session.ask_for_beacon(ID)


def test_a_host_without_login_is_pinged_and_asked_in_its_own_dialect(master: Master) -> None:
    here = Address("127.0.0.1", 62032)
    assert master.send(HostConfiguration(repeater_id=ID).build(), here) == [b"DMRP"]
    master.session.ask_for_beacon(ID)

    assert master.session.outgoing() == [(b"DMRB", here)]


class TestPeer:
    @pytest.fixture
    def client(self) -> peer.PeerSession:
        configuration = Configuration(repeater_id=ID, callsign="LIEPAJA")
        session = peer.PeerSession(configuration, PASSPHRASE, options="TS1=1")
        session.open(now=0.0)
        return session

    def converse(self, client: peer.PeerSession, master: Master, now: float) -> None:
        while sent := client.outgoing():
            for datagram in sent:
                for answer in master.send(datagram, now=now):
                    client.feed(answer, now)

    def test_it_logs_in_to_our_master(self, client: peer.PeerSession, master: Master) -> None:
        self.converse(client, master, 0.0)

        assert client.state is peer.State.UP
        assert master.is_up()
        assert [t.new for t in client.transitions()] == [
            peer.State.SALT_WAIT,
            peer.State.AUTH_WAIT,
            peer.State.CONFIG_WAIT,
            peer.State.OPTIONS_WAIT,
            peer.State.UP,
        ]

    def test_a_silent_master_is_asked_every_ten_seconds(self, client: peer.PeerSession) -> None:
        client.outgoing()
        client.expire(now=9.9)
        assert client.outgoing() == []
        for now in (10.0, 20.0):
            client.expire(now)
            assert client.outgoing() == [Login(ID).build()]

    def test_it_pings_and_notices_a_dead_master(
        self, client: peer.PeerSession, master: Master
    ) -> None:
        self.converse(client, master, 0.0)
        sent = []
        for now in range(10, 61, 10):
            client.expire(float(now))
            sent += client.outgoing()

        assert sent == [PING] * 5 + [Login(ID).build()]
        assert client.state is peer.State.SALT_WAIT

    def test_a_refusal_while_running_leads_to_a_new_login(
        self, client: peer.PeerSession, master: Master
    ) -> None:
        self.converse(client, master, 0.0)
        client.feed(NAK, 1.0)
        client.expire(11.0)

        assert client.outgoing() == [Login(ID).build()]

    def test_refused_logins_are_tried_more_and_more_slowly(
        self, client: peer.PeerSession, master: Master
    ) -> None:
        now, waits = 0.0, []
        for _ in range(6):
            client.outgoing()
            client.feed(NAK, now)
            due = client.deadline()
            assert due is not None
            waits.append(due - now)
            now = due
            client.expire(now)

        assert waits == [10.0, 20.0, 40.0, 60.0, 60.0, 60.0]
        self.converse(client, master, now)
        assert client.state is peer.State.UP
        client.feed(NAK, now)
        assert client.deadline() == now + 10.0

    def test_a_master_that_leaves_is_asked_again(
        self, client: peer.PeerSession, master: Master
    ) -> None:
        self.converse(client, master, 0.0)
        client.feed(b"MSTCL" + ID.to_bytes(4, "big"), 3.0)
        client.expire(13.0)

        assert client.outgoing() == [Login(ID).build()]

    def test_a_repeated_salt_is_no_word_about_the_passphrase(
        self, client: peer.PeerSession
    ) -> None:
        salt = b"RPTACK\xa1\xb2\xc3\xd4"
        client.feed(salt, 0.0)
        client.feed(salt, 0.1)

        assert client.state is peer.State.AUTH_WAIT
        client.feed(ACK, 0.2)
        client.feed(salt, 0.3)
        assert client.transitions()[-1].new is peer.State.CONFIG_WAIT

    def test_the_digest_of_a_real_login(self) -> None:
        """Salt and passphrase of a login of DMRGateway."""
        digest = hashlib.sha256(b"\xa1\xb2\xc3\xd4s3cret").digest()
        session = peer.PeerSession(Configuration(repeater_id=ID), b"s3cret")
        session.open(0.0)
        session.outgoing()
        session.feed(b"RPTACK\xa1\xb2\xc3\xd4", 0.0)

        assert session.outgoing() == [b"RPTK" + ID.to_bytes(4, "big") + digest]

    def test_own_times(self) -> None:
        session = peer.PeerSession(
            Configuration(repeater_id=ID), PASSPHRASE, times=peer.Times(5.0, 5.0, 15.0)
        )
        session.open(0.0)
        session.outgoing()
        session.expire(5.0)

        assert session.outgoing() == [Login(ID).build()]
        assert session.deadline() == 10.0

    def test_nothing_is_sent_before_the_login(self, client: peer.PeerSession) -> None:
        with pytest.raises(NotReadyError, match="not logged in"):
            client.send(VOICE)

    def test_farewell(self, client: peer.PeerSession, master: Master) -> None:
        self.converse(client, master, 0.0)
        client.close()

        assert client.outgoing() == [b"RPTCL" + ID.to_bytes(4, "big")]
        assert client.deadline() is None

    @given(st.lists(st.sampled_from(DATAGRAMS) | st.binary(max_size=64), max_size=20))
    def test_any_datagrams(self, datagrams: list[bytes]) -> None:
        session = peer.PeerSession(Configuration(repeater_id=ID), PASSPHRASE)
        session.open(0.0)
        for datagram in datagrams:
            with contextlib.suppress(MalformedError):
                session.feed(datagram, 0.0)
