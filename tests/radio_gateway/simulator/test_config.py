"""network.toml: every key is read, every wrong one is named in one line."""

from pathlib import Path

import pytest

from radio_gateway.simulator.config import (
    Base,
    SimulatorConfig,
    SimulatorConfigError,
    load_config,
    parse_config,
)
from radio_gateway.simulator.fleet import BaseKind, DemoBase
from radio_gateway.simulator.stations.bad_line import LineQuality
from radio_gateway.simulator.stations.homebrew import HomebrewSettings
from radio_gateway.simulator.stations.hytera import HyteraSettings
from radio_gateway.simulator.stations.kenwood import KenwoodSettings
from tests.radio_gateway.simulator.bases import KINDS, pair

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
            Base(
                DemoBase("liepaja-mmdvm", BaseKind.HOMEBREW, "LP", share=3),
                HomebrewSettings("127.0.0.1", 62031, 247101, "open sesame"),
            ),
            Base(
                DemoBase("palanga-hytera", BaseKind.HYTERA, "PL", share=3),
                HyteraSettings("127.0.0.1", {"rrs1": 30001, "lp1": 30003}, 9990999, "127.0.0.2"),
            ),
            Base(
                DemoBase("klaipeda-kenwood", BaseKind.KENWOOD, "KL", share=4),
                KenwoodSettings(tmp_path / "klaipeda.tty"),
            ),
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
        (HOMEBREW.replace("liepaja-mmdvm", "riga"), "base 1: agency is missing"),
        (HOMEBREW + 'agency = "RP"', "agency must be one of LP, PL, KL: 'RP'"),
        (HOMEBREW.replace('"homebrew"', '"tetra"'), "no kind 'tetra'; there are homebrew, "),
        (HOMEBREW + "loss = 1.5", "base 1: loss must be 0..1: 1.5"),
        (HOMEBREW + "restart_s = 1", "base 1: restart_s must be 5 or more: 1"),
        (HOMEBREW + "byte_at_a_time = true", "unknown byte_at_a_time; allowed: "),
        (HOMEBREW.replace("passphrase", "password"), "passphrase is missing"),
        (HYTERA.replace("30001", '"x"'), "ports: rrs1 must be int: 'x'"),
        (HYTERA.replace("rrs1", "voice"), "ports: unknown voice; allowed: rrs1, rrs2, "),
        (HYTERA.replace("rrs1 = 30001, lp1 = 30003", ""), "ports: at least one of rrs1, "),
        (KENWOOD + "baud = 9600", "unknown baud; allowed: name, kind, agency"),
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


def test_how_bad_a_line_is_can_be_said(tmp_path: Path) -> None:
    line = "loss = 0.1\nduplicate = 0.2\nreorder = 1\nrestart_s = 60\nbyte_at_a_time = true\n"
    (base,) = load(KENWOOD + line, tmp_path).bases
    assert base.line == LineQuality(0.1, 0.2, 1.0, 60.0, byte_at_a_time=True)


@pytest.mark.parametrize("kind", KINDS)
def test_a_key_too_many_or_too_few_of_any_kind_is_named(kind: str, tmp_path: Path) -> None:
    keys = pair(kind, tmp_path).base
    parse_config({"base": [keys]}, "here", tmp_path)
    with pytest.raises(SimulatorConfigError, match="here: base 1: unknown colour; allowed: name, "):
        parse_config({"base": [keys | {"colour": 1}]}, "here", tmp_path)
    with pytest.raises(SimulatorConfigError, match=r"here: base 1: (\w+) is missing"):
        parse_config({"base": [{"kind": kind, "name": "base", "agency": "LP"}]}, "here", tmp_path)


@pytest.mark.parametrize(
    ("kind", "change", "message"),
    [
        ("mototrbo", {"ports": {"ars": 4005}}, "ports: lrrp is missing"),
        ("mototrbo", {"cai_network": 224}, "cai_network must be 1..223: 224"),
        ("mototrbo-ipsc", {"repeaters": []}, "repeaters must name the master at least"),
        ("mototrbo-ipsc", {"repeaters": [5]}, "repeaters 1: must be { id = .., port = .. }"),
        ("mototrbo-ipsc", {"repeaters": [{"id": 1}]}, "repeaters 1: port is missing"),
        ("mototrbo-ipsc", {"auth_key": "xyz"}, "auth_key: an IPSC key is 1 to 40 hexadecimal"),
        ("homebrew", {"neighbours": [5]}, "neighbours 1: must be { id = .., passphrase = .. }"),
        ("homebrew", {"neighbours": [{"id": 1}]}, "neighbours 1: passphrase is missing"),
        ("tait", {"fleet": "12345"}, "fleet must be 1 to 4 letters or digits: '12345'"),
        ("openbridge", {"dispatcher_id": 0}, "dispatcher_id must be 1..16777215: 0"),
        ("homebrew-peer", {"port": 0}, "port must be 1..65535: 0"),
    ],
)
def test_wrong_values_of_a_kind_are_named(
    kind: str, change: dict[str, object], message: str, tmp_path: Path
) -> None:
    with pytest.raises(SimulatorConfigError) as caught:
        parse_config({"base": [pair(kind, tmp_path).base | change]}, "here", tmp_path)
    assert str(caught.value).startswith("here: base 1: ")
    assert message in str(caught.value)
