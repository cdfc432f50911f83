"""Gateway configuration: TOML to frozen settings; every fault is one line that says what to do.

The same `[gateway]` and `[[link]]` tables stand in the gateway's own file and in dispatch's.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from pydantic import Field

from radio_gateway.adapters import AdapterKindError, kind_names, load_kind
from radio_gateway.adapters.kinds.base import (
    AdapterKind,
    Endpoint,
    LinkSettings,
    SettingsModel,
    UdpEndpoint,
)
from radio_gateway.config_faults import ConfigError, one_of, shown, unknown_key, validated
from radio_gateway.config_mqtt import MqttSettings

_SECTIONS: Final = ("gateway", "link", "mqtt")
_OF_DISPATCH: Final = ("dispatch", "status_map", "templates")
"Sections of `sardze.toml` that a gateway leaves alone."


class GatewaySection(SettingsModel):
    """`[gateway]`: this gateway as a whole."""

    id: str = Field(
        default="gateway",
        pattern=r"^[a-z0-9][a-z0-9_-]{0,63}$",
        description="Name of this gateway, unique among those of one dispatch: small letters, "
        "digits, - and _.",
    )
    data_dir: Path = Field(
        default=Path("var/gateway"),
        description="Directory of the spool; relative to the configuration file. Within "
        "`dispatch run`: the data_dir of [dispatch].",
    )
    spool_limit_mb: int = Field(
        default=2048,
        ge=1,
        le=1_000_000,
        description="Megabytes of events that may wait for dispatch.",
    )
    recorder_kb: int = Field(
        default=1024,
        ge=0,
        le=1_000_000,
        description="Kilobytes of memory, for each link, in which its newest frames are kept for "
        "`radio-gateway record`; about two minutes of speech. 0: nothing is recorded.",
    )


@dataclass(frozen=True, slots=True)
class LinkEntry:
    """One `[[link]]` with the kind that it names."""

    kind: AdapterKind[Any]
    settings: LinkSettings

    @property
    def name(self) -> str:
        return self.settings.name

    @property
    def endpoints(self) -> tuple[Endpoint, ...]:
        """The sockets or ports that the link needs."""
        return self.kind.endpoints(self.settings)

    def serves(self, network: str) -> bool:
        """Whether radios of this numbering network, or of one within it, are the link's."""
        own = self.settings.network
        return network == own or network.startswith(f"{own}/")


@dataclass(frozen=True, slots=True)
class GatewaySettings:
    """All that a gateway is told."""

    source: Path
    "The file that it comes from; relative paths count from its directory."
    gateway: GatewaySection
    links: tuple[LinkEntry, ...]
    mqtt: MqttSettings | None = None
    "The way to a dispatch on another machine; None within `dispatch run`."

    @property
    def id(self) -> str:
        return self.gateway.id

    @property
    def spool_path(self) -> Path:
        """Where the spool lies, as an absolute path."""
        return (self.source.parent / self.gateway.data_dir / "spool.db").absolute()

    @property
    def spool_limit(self) -> int:
        """Octets."""
        return self.gateway.spool_limit_mb * 1_000_000

    @property
    def recorder_limit(self) -> int:
        """Octets of memory for each link's newest frames; 0: none are kept."""
        return self.gateway.recorder_kb * 1000

    def advice(self) -> list[str]:
        """What works but should be changed, one line each."""
        of_mqtt = () if self.mqtt is None else self.mqtt.advice()
        return [f"{self.source}: mqtt: {sentence}" for sentence in of_mqtt] + [
            f"{self.source}: link[{link.name}]: {sentence}"
            for link in self.links
            for sentence in link.kind.advice(link.settings)
        ]


def load_file(path: Path) -> GatewaySettings:
    """Read a gateway's own file.

    Raises:
        ConfigError: every fault on a line of its own.
    """
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except FileNotFoundError:
        raise ConfigError([f"{path}: there is no such file"]) from None
    except OSError as error:
        raise ConfigError([f"{path}: cannot be read: {error.strerror}"]) from None
    except UnicodeDecodeError:
        raise ConfigError([f"{path}: not UTF-8 text"]) from None
    except tomllib.TOMLDecodeError as error:
        raise ConfigError([f"{path}: not TOML: {error}"]) from None
    own = {key: value for key, value in data.items() if key not in _OF_DISPATCH}
    return load_gateway_settings(own, path)


def load_gateway_settings(data: Mapping[str, Any], source: Path) -> GatewaySettings:
    """Check the tables `gateway`, `link` and `mqtt` of a file that was read already.

    `source` is named in errors, and relative paths count from its directory.

    Raises:
        ConfigError: every fault on a line of its own.
    """
    lines = [
        f"{source}: {key}: {unknown_key(key, _SECTIONS)}" for key in data if key not in _SECTIONS
    ]
    section = validated(GatewaySection, data.get("gateway", {}), source, "gateway", lines)
    mqtt = None
    if "mqtt" in data:
        mqtt = validated(MqttSettings, data["mqtt"], source, "mqtt", lines)
    tables = data.get("link", [])
    if not isinstance(tables, list) or not tables:
        found = shown(tables) if tables else "none"
        lines.append(f"{source}: link: found {found}, expected at least one [[link]] table")
        tables = []
    links = [_link(table, number, source, lines) for number, table in enumerate(tables, 1)]
    entries = tuple(link for link in links if link is not None)
    _check_clashes(entries, source, lines)
    if lines or section is None:
        raise ConfigError(lines)
    return GatewaySettings(source.absolute(), section, entries, mqtt)


def _link(table: Any, number: int, source: Path, lines: list[str]) -> LinkEntry | None:
    name = table.get("name") if isinstance(table, dict) else None
    place = f"link[{name if isinstance(name, str) and name else number}]"
    if not isinstance(table, dict):
        lines.append(f"{source}: {place}: found {shown(table)}, expected a [[link]] table")
        return None
    wanted = table.get("kind")
    if not isinstance(wanted, str) or wanted not in kind_names():
        found = "missing" if wanted is None else f"found {shown(wanted)}"
        lines.append(f"{source}: {place}.kind: {found}, expected {one_of(wanted, kind_names())}")
        return None
    try:
        kind = load_kind(wanted)
    except AdapterKindError as error:
        lines.append(f"{source}: {place}.kind: {error}")
        return None
    settings = validated(kind.settings, table, source, place, lines)
    return None if settings is None else LinkEntry(kind, settings)


def _check_clashes(entries: tuple[LinkEntry, ...], source: Path, lines: list[str]) -> None:
    """Names, sockets and serial ports belong to one link each."""
    taken: dict[str, str] = {}
    for entry in entries:
        claims = [(f"the name {entry.name}", "name")]
        for endpoint in entry.endpoints:
            if not isinstance(endpoint, UdpEndpoint):
                claims.append((f"serial port {endpoint.device}", "device"))
            elif endpoint.port:
                claims.append((f"UDP port {endpoint.port} on {endpoint.host}", "port"))
        for claim, key in claims:
            if claim in taken:
                lines.append(
                    f"{source}: link[{entry.name}].{key}: {claim} is taken by "
                    f"link[{taken[claim]}], expected one of its own"
                )
            taken.setdefault(claim, entry.name)
