"""Settings of repeater networks: what is wrong is said in words that tell what to do."""

from typing import Any

import pytest
from pydantic import ValidationError

from radio_gateway.adapters import load_kind
from radio_gateway.adapters.kinds.base import AdapterKind, UdpEndpoint

IPSC = {
    "kind": "mototrbo-ipsc",
    "name": "net",
    "network": "coast",
    "peer_id": 9,
    "master": "192.0.2.1",
}
HYTERA = {
    "kind": "hytera-ipsc",
    "name": "net",
    "network": "coast",
    "repeater": [{"host": "192.0.2.20", "name": "Osta"}],
}


def made(values: dict[str, Any]) -> tuple[AdapterKind[Any], Any]:
    kind = load_kind(values["kind"])
    return kind, kind.settings.model_validate(values, strict=False)


def test_defaults_are_the_usual_ports() -> None:
    for values, ports in ((IPSC, [50000]), (HYTERA, [50000, 50001, 50002])):
        kind, settings = made(values)
        endpoints = kind.endpoints(settings)
        assert [e.port for e in endpoints if isinstance(e, UdpEndpoint)] == ports
        assert kind.build(settings, bytes).deadline() is None
        assert len(kind.advice(settings)) == 1


def test_a_network_with_a_key_needs_no_advice() -> None:
    kind, settings = made({**IPSC, "auth_key": "1A2B3C"})
    assert kind.advice(settings) == []


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({**IPSC, "auth_key": "hush", "auth_key_file": None}, "1 to 40 hexadecimal digits"),
        ({**IPSC, "auth_key": "AA", "auth_key_file": "BB"}, "only one of `auth_key`"),
        ({**IPSC, "repeater": [{"id": 9, "name": "a"}]}, "a `peer_id` that no repeater has"),
        (
            {**IPSC, "repeater": [{"id": 1, "name": "a"}, {"id": 1, "name": "b"}]},
            "each repeater id only once",
        ),
        ({**IPSC, "master": "repeater.example.org"}, "an IP address"),
        ({**HYTERA, "repeater": []}, "at least 1"),
        ({**HYTERA, "dmr_port": 50000}, "three different ports"),
        (
            {**HYTERA, "repeater": [HYTERA["repeater"][0]] * 2},
            "each repeater's `host` only once",
        ),
    ],
)
def test_what_is_wrong_is_said(values: dict[str, Any], words: str) -> None:
    with pytest.raises(ValidationError, match=words) as caught:
        made(values)
    assert "hush" not in str(caught.value)
