"""`kind = "mototrbo"` in a configuration: what it opens, and how mistakes are told."""

from pathlib import Path

import pytest

from radio_gateway.adapters.kinds.base import UdpEndpoint
from radio_gateway.config import load_file
from radio_gateway.config_faults import ConfigError

EXAMPLE = Path(__file__).parents[3] / "docs/examples/mototrbo.toml"
GOOD = """
[gateway]
id = "coast"
data_dir = "data"

[[link]]
kind = "mototrbo"
name = "karosta"
network = "liepaja"
host = "127.0.0.1"
radios = ["1001-1099", "1200"]
"""


def test_a_link_opens_a_socket_for_each_service(tmp_path: Path) -> None:
    file = tmp_path / "gateway.toml"
    file.write_text(GOOD + "ports = { ars = 24005 }\n")
    (link,) = load_file(file).links
    assert link.kind.endpoints(link.settings) == tuple(
        UdpEndpoint(name, "127.0.0.1", port, 2000)
        for name, port in (
            ("ars", 24005),
            ("lrrp", 4001),
            ("tms", 4007),
            ("telemetry", 4008),
            ("battery", 4012),
        )
    )
    assert link.kind.advice(link.settings) == []


def test_the_example_is_right() -> None:
    (link,) = load_file(EXAMPLE).links
    assert link.settings.name == "Liepāja MOTOTRBO"
    assert link.kind.build(link.settings, bytes) is not None


def test_what_works_and_is_not_wise_is_advised_against(tmp_path: Path) -> None:
    file = tmp_path / "gateway.toml"
    file.write_text(GOOD.replace("127.0.0.1", "0.0.0.0").replace('["1001-1099", "1200"]', "[]"))
    (link,) = load_file(file).links
    host, radios = link.kind.advice(link.settings)
    assert host.startswith("host: ")
    assert radios.startswith("radios: ")


@pytest.mark.parametrize(
    ("line", "fault"),
    [
        ('radios = ["1001 to 1099"]', 'radio numbers as "1001" or "1001-1099"'),
        ('radios = ["1099-1001"]', "the lower one first"),
        ('radios = ["16777216"]', "radio numbers of 1..16777215"),
        (
            "ports = { xnl = 8002 }",
            "in ports and radio_ports only ars, lrrp, tms, telemetry, battery",
        ),
        ("server_network = 12", "networks that differ"),
        ("cai_network = 224", "223"),
        ("group_network = 12", "224"),
        ("position_interval_s = 5", "30"),
        ("registration_period_min = 45", "30"),
    ],
)
def test_mistakes_are_one_clear_line(tmp_path: Path, line: str, fault: str) -> None:
    file = tmp_path / "gateway.toml"
    text = GOOD if not line.startswith("radios") else GOOD[: GOOD.index("radios")]
    file.write_text(text + line + "\n")
    with pytest.raises(ConfigError) as caught:
        load_file(file)
    (told,) = caught.value.lines
    assert "link[karosta]" in told
    assert fault in told
