"""`[mqtt]`: where the broker is, with one clear line for each fault."""

from pathlib import Path
from typing import Any

import pytest

from radio_gateway.config import load_file
from radio_gateway.config_faults import ConfigError
from radio_gateway.config_mqtt import mqtt_settings

EXAMPLES = Path(__file__).parents[2] / "docs/examples"


def lines(table: Any, source: Path) -> list[str]:
    with pytest.raises(ConfigError) as found:
        mqtt_settings(table, source)
    return [line.removeprefix(f"{source}: ") for line in found.value.lines]


def test_little_is_needed(tmp_path: Path) -> None:
    settings = mqtt_settings({"host": "127.0.0.1"}, tmp_path / "x.toml")
    broker = settings.broker(tmp_path / "x.toml")
    assert (broker.host, broker.port, broker.tls, broker.username) == (
        "127.0.0.1",
        1883,
        None,
        None,
    )
    assert settings.advice() == []


def test_a_password_is_read_from_its_file_and_shown_nowhere(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("open sesame\n")
    table = {"host": "b", "username": "coast", "password_file": "secret", "tls": {}}
    settings = mqtt_settings(table, tmp_path / "x.toml")
    broker = settings.broker(tmp_path / "x.toml")
    assert (broker.port, broker.password) == (8883, "open sesame")
    assert "sesame" not in f"{settings!r} {broker!r} {broker}"


FAULTS = [
    ("no table", "here", "expected a table"),
    ("no host", {}, "mqtt.host: missing, expected name or IP address of the broker"),
    ("port", {"host": "b", "port": 0}, "mqtt.port: found 0, expected a whole number from 1 to"),
    ("typing error", {"host": "b", "usrname": "x"}, "did you mean username?"),
    ("keepalive", {"host": "b", "keepalive_s": 1}, "from 2 to 60"),
    ("no user", {"host": "b", "password_file": "pw"}, "expected a username beside password_file"),
    ("half a key", {"host": "b", "tls": {"cert_file": "c"}}, "cert_file and key_file together"),
    ("no file", {"host": "b", "username": "u", "password_file": "none"}, "a file that can be read"),
]


@pytest.mark.parametrize(("table", "words"), [f[1:] for f in FAULTS], ids=[f[0] for f in FAULTS])
def test_each_fault_is_one_line(table: Any, words: str, tmp_path: Path) -> None:
    (tmp_path / "pw").write_text("x\n")
    (line,) = lines(table, tmp_path / "x.toml")
    assert line.startswith("mqtt")
    assert words in line


def test_what_is_readable_on_the_way_is_advised_against(tmp_path: Path) -> None:
    plain = mqtt_settings({"host": "192.0.2.1"}, tmp_path / "x.toml")
    assert plain.advice() == ["without [mqtt.tls] everything can be read and changed on the way"]
    nameless = mqtt_settings({"host": "192.0.2.1", "tls": {}}, tmp_path / "x.toml")
    assert "the broker must let anybody in" in nameless.advice()[0]


def test_the_example_of_a_site_is_a_good_configuration(tmp_path: Path) -> None:
    file = tmp_path / "gateway.toml"
    file.write_text((EXAMPLES / "gateway.toml").read_text())
    (tmp_path / "secrets").mkdir()
    for name in ("mqtt", "centrs"):
        (tmp_path / "secrets" / name).write_text("a secret that is long enough\n")
    settings = load_file(file)
    assert settings.mqtt is not None
    assert (settings.id, settings.mqtt.host) == ("liepaja", "broker.example")
    assert settings.advice() == []
