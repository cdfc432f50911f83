"""network.toml: every key is read, every wrong one is named in one line."""

from pathlib import Path

import pytest

from radio_gateway.simulator.config import (
    HomebrewBaseConfig,
    HyteraBaseConfig,
    KenwoodBaseConfig,
    SimulatorConfig,
    SimulatorConfigError,
    load_config,
)

HOMEBREW = """
[[base]]
name = "liepaja-mmdvm"
kind = "homebrew"
gateway_host = "127.0.0.1"
gateway_port = 62031
repeater_id = 247101
passphrase = "open sesame"
"""
HYTERA = """
[[base]]
name = "palanga-hytera"
kind = "hytera"
gateway_host = "127.0.0.1"
bind_host = "127.0.0.2"
dispatcher_id = 9990999
ports = { rrs1 = 30001, lp1 = 30003 }
"""
KENWOOD = """
[[base]]
name = "klaipeda-kenwood"
kind = "kenwood"
device = "klaipeda.tty"
"""


def load(text: str, folder: Path) -> SimulatorConfig:
    file = folder / "network.toml"
    file.write_text(text, encoding="utf-8")
    return load_config(file)


def test_everything_is_read(tmp_path: Path) -> None:
    head = "seed = 3\nunits = 30\nspeed = 2\nemergencies = false\n"
    config = load(head + HOMEBREW + HYTERA + KENWOOD, tmp_path)
    assert config == SimulatorConfig(
        seed=3,
        units=30,
        speed=2.0,
        emergencies=False,
        bases=(
            HomebrewBaseConfig("liepaja-mmdvm", "127.0.0.1", 62031, 247101, "open sesame"),
            HyteraBaseConfig(
                "palanga-hytera", "127.0.0.1", {"rrs1": 30001, "lp1": 30003}, 9990999, "127.0.0.2"
            ),
            KenwoodBaseConfig("klaipeda-kenwood", tmp_path / "klaipeda.tty"),
        ),
    )


def test_the_defaults_are_the_demo(tmp_path: Path) -> None:
    config = load("", tmp_path)
    assert (config.units, config.speed, config.emergencies, config.bases) == (24, 1.0, True, ())


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("units = 2", "units must be 3..2000: 2"),
        ("units = true", "units must be int: True"),
        ('units = "x"', "units must be int: 'x'"),
        ("speed = 0", "speed must be 0.1..100: 0.0"),
        ("colour = 1", "unknown colour; allowed: base, "),
        ("base = 1", "base must be list: 1"),
        ("base = [1]", "base 1: must be a table"),
        ("= 1", "no TOML"),
        (HOMEBREW.replace("62031", "70000"), "base 1: gateway_port must be 1..65535: 70000"),
        (HOMEBREW.replace("127.0.0.1", "localhost"), "gateway_host must be an IP address"),
        (HOMEBREW.replace("liepaja-mmdvm", "riga"), "no base riga (homebrew); the fleet has"),
        (HOMEBREW.replace('"homebrew"', '"tetra"'), "no base liepaja-mmdvm (tetra)"),
        (HOMEBREW.replace("passphrase", "password"), "passphrase is missing"),
        (HYTERA.replace("30001", '"x"'), "ports: rrs1 must be int: 'x'"),
        (KENWOOD + "baud = 9600", "unknown baud; allowed: name, kind, device"),
        (KENWOOD + KENWOOD, "every base needs a name of its own"),
    ],
)
def test_a_wrong_key_or_value_is_named(text: str, message: str, tmp_path: Path) -> None:
    with pytest.raises(SimulatorConfigError) as caught:
        load(text, tmp_path)
    assert message in str(caught.value)
    assert str(tmp_path / "network.toml") in str(caught.value)


def test_a_missing_file_is_one_line(tmp_path: Path) -> None:
    with pytest.raises(SimulatorConfigError, match="cannot be read"):
        load_config(tmp_path / "none.toml")
