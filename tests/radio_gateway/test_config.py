"""The gateway's file: what it means, and one clear line for every fault."""

import tomllib
from pathlib import Path
from typing import Any

import pytest

from radio_gateway.adapters.kinds.base import SerialEndpoint, UdpEndpoint
from radio_gateway.config import load_file, load_gateway_settings
from radio_gateway.config_faults import ConfigError

GOOD = """
[gateway]
id = "coast"
data_dir = "spool"

[[link]]
kind = "homebrew"
name = "Liepāja voice"
network = "liepaja"
host = "127.0.0.2"
port = 62031
[[link.repeater]]
id = 247001
name = "Karosta"
passphrase_file = "karosta.key"
[[link.repeater]]
id = 247002
name = "Centrs"
passphrase = "twenty random letters"

[[link]]
kind = "hytera"
name = "palanga"
network = "palanga"
peers = ["192.0.2.7"]
dispatcher_id = 9000001
ports = { rrs1 = 40001 }

[[link]]
kind = "kenwood"
name = "klaipeda"
network = "klaipeda"
device = "/dev/serial/by-id/usb-kenwood"
emergency_statuses = [9]
[link.statuses]
1 = "On patrol"
9 = "Emergency"

[[link]]
kind = "nmea"
name = "boat"
network = "klaipeda"
device = "/dev/ttyS1"
radio = 4090
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    (tmp_path / "karosta.key").write_text("from the file\nsecond line\n")
    path = tmp_path / "gateway.toml"
    path.write_text(GOOD)
    return path


def faults(file: Path, old: str, new: str) -> list[str]:
    """The faults after one change of the good file, without the file's name."""
    assert old in GOOD
    file.write_text(GOOD.replace(old, new, 1))
    with pytest.raises(ConfigError) as caught:
        load_file(file)
    lines = caught.value.lines
    assert str(caught.value).splitlines() == lines
    assert all(line.startswith(f"{file}: ") for line in lines)
    return [line.removeprefix(f"{file}: ") for line in lines]


def test_a_file_becomes_links_with_their_ports(file: Path) -> None:
    settings = load_file(file)
    assert settings.id == "coast"
    assert settings.spool_path == file.parent / "spool" / "spool.db"
    assert settings.spool_limit == 2_048_000_000
    voice, palanga, klaipeda, boat = settings.links
    assert voice.endpoints == (UdpEndpoint("main", "127.0.0.2", 62031, 2000),)
    ports = {e.name: e.port for e in palanga.endpoints if isinstance(e, UdpEndpoint)}
    assert ports == {
        "rrs1": 40001,
        "rrs2": 30002,
        "lp1": 30003,
        "lp2": 30004,
        "tmp1": 30007,
        "tmp2": 30008,
        "rcp1": 30009,
        "rcp2": 30010,
    }
    device = "/dev/serial/by-id/usb-kenwood"
    assert klaipeda.endpoints == (SerialEndpoint("serial", device, 9600, "N", 1, False),)
    assert boat.endpoints == (SerialEndpoint("serial", "/dev/ttyS1", 4800, "N", 1, False),)
    assert voice.serves("liepaja")
    assert klaipeda.serves("klaipeda/fleetsync")
    assert not klaipeda.serves("klaipeda2")


def test_every_link_builds_its_adapter(file: Path) -> None:
    for link in load_file(file).links:
        adapter = link.kind.build(link.settings, lambda size: bytes(size))
        assert link.kind.capabilities is adapter.CAPABILITIES


def test_a_passphrase_comes_from_the_first_line_of_its_file(file: Path) -> None:
    settings: Any = load_file(file).links[0].settings
    assert [r.secret for r in settings.repeater] == ["from the file", "twenty random letters"]
    assert "random letters" not in repr(settings)
    assert "from the file" not in repr(settings)


def test_a_short_passphrase_is_advised_against_but_works(file: Path) -> None:
    file.write_text(GOOD.replace("twenty random letters", "short"))
    (line,) = load_file(file).advice()
    assert line == (
        f"{file}: link[Liepāja voice]: repeater 247002: the passphrase has less than 8 "
        "characters; take 20 random ones"
    )


KINDS = (
    "homebrew, homebrew-peer, hytera, hytera-ipsc, hytera-serial, kenwood, mmdvm-modem, mototrbo, "
    "mototrbo-ipsc, nmea, openbridge, tait"
)

FAULTS = [
    # id, what to change, into what, the line without the file's name
    (
        "unknown kind",
        'kind = "hytera"',
        'kind = "hitera"',
        f'link[palanga].kind: found "hitera", expected one of {KINDS}; did you mean hytera?',
    ),
    (
        "no kind",
        'kind = "hytera"\n',
        "",
        f"link[palanga].kind: missing, expected one of {KINDS}",
    ),
    (
        "misspelt key",
        "dispatcher_id",
        "dispacher_id",
        (
            "link[palanga].dispatcher_id: missing, expected radio number that the dispatcher "
            "answers to"
        ),
    ),
    (
        "port as text",
        "port = 62031",
        'port = "62031"',
        (
            'link[Liepāja voice].port: found "62031", expected a whole number from 0 to 65535: '
            "UDP port; 0: any free one"
        ),
    ),
    (
        "port too large",
        "port = 62031",
        "port = 99999",
        (
            "link[Liepāja voice].port: found 99999, expected a whole number from 0 to 65535: "
            "UDP port; 0: any free one"
        ),
    ),
    (
        "repeater without id",
        "id = 247002\n",
        "",
        "link[Liepāja voice].repeater[2].id: missing, expected repeater id that it logs in with",
    ),
    (
        "empty passphrase",
        "twenty random letters",
        "",
        "link[Liepāja voice].repeater[2]: expected a passphrase that is not empty",
    ),
    (
        "two passphrases",
        'passphrase_file = "karosta.key"',
        'passphrase_file = "karosta.key"\npassphrase = "x"',
        (
            "link[Liepāja voice].repeater[1]: expected exactly one of `passphrase` and "
            "`passphrase_file`"
        ),
    ),
    (
        "missing passphrase file",
        "karosta.key",
        "nothing.key",
        (
            "link[Liepāja voice].repeater[1].passphrase_file: expected a file that can be read "
            "(No such file or directory)"
        ),
    ),
    (
        "repeater twice",
        "id = 247002",
        "id = 247001",
        "link[Liepāja voice]: expected each repeater id only once",
    ),
    (
        "name twice",
        'name = "boat"',
        'name = "palanga"',
        "link[palanga].name: the name palanga is taken by link[palanga], expected one of its own",
    ),
    (
        "device twice",
        "/dev/ttyS1",
        "/dev/serial/by-id/usb-kenwood",
        (
            "link[boat].device: serial port /dev/serial/by-id/usb-kenwood is taken by "
            "link[klaipeda], expected one of its own"
        ),
    ),
    (
        "no IP address",
        "192.0.2.7",
        "repeater.example",
        'link[palanga].peers[1]: found "repeater.example", expected an IP address',
    ),
    (
        "unknown service",
        "rrs1 = 40001",
        "rss1 = 40001",
        (
            "link[palanga]: expected services of style repeater: rrs1, rrs2, lp1, lp2, tmp1, tmp2, "
            "rcp1, rcp2"
        ),
    ),
    (
        "bad port of a service",
        "rrs1 = 40001",
        "rrs1 = -1",
        (
            "link[palanga].ports.rrs1: found -1, expected a whole number from 0 to 65535: UDP port "
            "of a service where it differs from the usual one"
        ),
    ),
    (
        "wrong word",
        'name = "klaipeda"',
        'name = "klaipeda"\nfamily = "fleetsink"',
        (
            'link[klaipeda].family: found "fleetsink", expected one of fleetsync, nexedge, dmr; '
            "did you mean fleetsync?"
        ),
    ),
    (
        "gateway id",
        'id = "coast"',
        'id = "The Coast"',
        (
            'gateway.id: found "The Coast", expected another form: name of this gateway, unique '
            "among those of one dispatch: small letters, digits, - and _"
        ),
    ),
    (
        "misspelt section",
        "[gateway]",
        "[gatway]",
        "gatway: unknown key, expected one of gateway, link, mqtt; did you mean gateway?",
    ),
]


@pytest.mark.parametrize(
    ("old", "new", "line"), [f[1:] for f in FAULTS], ids=[f[0] for f in FAULTS]
)
def test_each_fault_is_one_clear_line(file: Path, old: str, new: str, line: str) -> None:
    assert line in faults(file, old, new)


def test_a_misspelt_key_is_named_with_the_one_that_was_meant(file: Path) -> None:
    lines = faults(file, "dispatcher_id", "dispacher_id")
    assert any(
        line.startswith("link[palanga].dispacher_id: unknown key")
        and line.endswith("did you mean dispatcher_id?")
        for line in lines
    )


def test_all_faults_are_told_at_once(file: Path) -> None:
    file.write_text(GOOD.replace("62031", "0.5").replace("4090", "true").replace('"coast"', "7"))
    with pytest.raises(ConfigError) as caught:
        load_file(file)
    assert len(caught.value.lines) == 3


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "link: found none, expected at least one [[link]] table"),
        (b"link = 5", "link: found 5, expected at least one [[link]] table"),
        (b"link = [5]", "link[1]: found 5, expected a [[link]] table"),
        (b"gateway = []\n", "gateway: found [], expected a table"),
        (b"[gateway\n", "not TOML"),
        (b"\xff\xfe", "not UTF-8 text"),
    ],
)
def test_what_is_no_configuration_is_one_clear_error(
    file: Path, content: bytes, words: str
) -> None:
    file.write_bytes(content)
    with pytest.raises(ConfigError) as caught:
        load_file(file)
    assert words in str(caught.value)


def test_a_missing_file_or_a_directory_is_one_clear_error(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="there is no such file"):
        load_file(tmp_path / "no.toml")
    with pytest.raises(ConfigError, match="cannot be read: Is a directory"):
        load_file(tmp_path)


def test_the_tables_of_another_file_can_be_embedded(file: Path) -> None:
    settings = load_gateway_settings(tomllib.loads(GOOD), file.parent / "sardze.toml")
    assert settings.source == file.parent / "sardze.toml"
    assert [link.name for link in settings.links][1:] == ["palanga", "klaipeda", "boat"]


def test_a_fault_beside_a_passphrase_does_not_show_it(file: Path) -> None:
    secret = "twenty random letters"
    text = file.read_text(encoding="utf-8").replace(
        f'passphrase = "{secret}"', f'passphrase = "{secret}"\ncolour = "red"'
    )
    file.write_text(text, encoding="utf-8")
    with pytest.raises(ConfigError) as caught:
        load_file(file)
    assert secret not in str(caught.value)
    known = "id, name, passphrase, passphrase_file"
    place = f"{file}: link[Liepāja voice].repeater[2].colour"
    assert caught.value.lines == [f"{place}: unknown key, expected one of {known}"]


def test_sections_of_dispatch_are_left_alone(file: Path) -> None:
    text = "\ufeff" + "[dispatch]\nport = 8480\n" + file.read_text(encoding="utf-8")
    file.write_text(text, encoding="utf-8")
    assert load_file(file).id
