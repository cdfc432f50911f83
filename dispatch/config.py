"""`sardze.toml`: settings of dispatch and of the gateway within it, read once, frozen.

Every fault of the file is one line that names the key, what was found and what is allowed.
`SARDZE_<KEY>` in the environment overrides a key of the `[dispatch]` section.
"""

import json
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Final

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from dispatch.shared import AlarmPlan, StatusMeaning, default_statuses
from dispatch.units.models import UnitStatus
from radio_gateway.bus.broker import Broker
from radio_gateway.config import GatewaySettings, load_gateway_settings
from radio_gateway.config_faults import ConfigError, fault_lines, unknown_key
from radio_gateway.config_mqtt import MqttSettings, mqtt_settings

ENVIRONMENT: Final = "SARDZE_"
_GATEWAY_SECTIONS: Final = ("gateway", "link")
_BROKER: Final = "mqtt"


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class MapSettings(_Section):
    """`[dispatch.map]`: what lies under the units; without any, a drawing of the coast."""

    pmtiles: Path | None = Field(
        default=None, description="File with vector tiles of the region (PMTiles version 3)."
    )
    tile_url: str | None = Field(
        default=None,
        pattern=r"^https?://[^/\s{}]+/\S*$",
        description="Address of raster tiles with {z}, {x} and {y}.",
    )
    attribution: str = Field(
        default="", max_length=300, description="Whom the map is owed to, shown at its corner."
    )

    @field_validator("tile_url")
    @classmethod
    def _has_places(cls, value: str | None) -> str | None:
        if value is not None and not all(part in value for part in ("{z}", "{x}", "{y}")):
            raise ValueError("an address with {z}, {x} and {y}")
        return value


class BackupSettings(_Section):
    """`[dispatch.backup]`: where `dispatch backup` puts its files."""

    folder: Path | None = Field(
        default=None,
        description="Directory, best on another disk or a mounted share; without one, `backups` "
        "in data_dir.",
    )
    keep: int = Field(
        default=14, ge=0, le=10_000, description="How many backups stay, the newest; 0: all."
    )
    encrypt_with: tuple[str, ...] = Field(
        default=(),
        description="Program and arguments that encrypt standard input to standard output, as "
        '["age", "-r", "age1..."]; without one, backups are readable.',
    )
    decrypt_with: tuple[str, ...] = Field(
        default=(),
        description="The opposite, used to restore, and to read back what was made; best not "
        "kept on this machine.",
    )


class RetentionSettings(_Section):
    """`[dispatch.retention]`: how long records are kept; older ones are erased within hours."""

    positions_days: int = Field(
        default=90,
        ge=1,
        le=3650,
        description="Days that positions are kept: people's movements are the most sensitive of "
        "all, and a complaint about a patrol comes within weeks.",
    )
    calls_days: int = Field(
        default=365,
        ge=1,
        le=3650,
        description="Days that call records are kept: one year covers most proceedings.",
    )
    messages_days: int = Field(
        default=365,
        ge=1,
        le=3650,
        description="Days that texts and commands to radios are kept, as long as calls.",
    )
    emergencies_days: int = Field(
        default=1095,
        ge=1,
        le=3650,
        description="Days that an emergency is kept after somebody closed it: three years, as "
        "claims for injuries may come late. Open ones always stay.",
    )
    events_days: int = Field(
        default=7,
        ge=1,
        le=366,
        description="Days that the log of live events is kept, from which consoles catch up; it "
        "repeats what the other records say.",
    )
    access_log_days: int = Field(
        default=1095,
        ge=1,
        le=3650,
        description="Days that the access log is kept: three years, so that people can learn who "
        "looked them up. At least as long as the records that it is about.",
    )


class AlarmSettings(_Section):
    """`[dispatch.alarm]`: what happens when nobody acknowledges an alarm."""

    escalate_after_s: float = Field(
        default=30.0,
        ge=5,
        le=3600,
        description="Seconds without acknowledgement until the consoles of all agencies are told.",
    )
    hook_after_s: float = Field(
        default=60.0,
        ge=5,
        le=3600,
        description="Seconds without acknowledgement until the program of `hook` is run.",
    )
    hook: tuple[str, ...] = Field(
        default=(),
        description="Program and its arguments, run with the emergency as JSON on its standard "
        "input; it has 10 s. Empty: none.",
    )

    def plan(self) -> AlarmPlan:
        """The same, as the timers take it."""
        return AlarmPlan(self.escalate_after_s, self.hook_after_s, self.hook)


class DispatchSettings(_Section):
    """`[dispatch]`: the server, its data, sessions and the map."""

    host: str = Field(
        default="127.0.0.1",
        min_length=1,
        description="Address to listen on; 0.0.0.0 only behind a firewall or reverse proxy.",
    )
    port: int = Field(
        default=8480, ge=0, le=65535, description="Number of the TCP port; 0: any free one."
    )
    data_dir: Path = Field(
        default=Path("var/sardze"),
        description="Directory of database, spool and backups; relative to the configuration file.",
    )
    database_url: str | None = Field(
        default=None,
        description="sqlite+aiosqlite:///FILE or postgresql+asyncpg://USER@HOST/NAME; "
        "without one, sardze.db in data_dir.",
    )
    session_idle_min: int = Field(
        default=30, ge=1, le=1440, description="Minutes until an unused session ends."
    )
    session_max_h: int = Field(
        default=12, ge=1, le=168, description="Hours until any session ends; one shift."
    )
    allowed_origins: tuple[Annotated[str, Field(pattern=r"^https?://[^/\s]+$")], ...] = Field(
        default=(),
        description="Addresses that the console is opened under, as https://dispatch.example; "
        "needed behind a reverse proxy and for names other than this machine's own. Empty: IP "
        "addresses, localhost and the machine's name.",
    )
    trusted_proxies: tuple[str, ...] = Field(
        default=("127.0.0.1",),
        description="Addresses of reverse proxies whose X-Forwarded headers are believed.",
    )
    map: MapSettings = MapSettings()
    alarm: AlarmSettings = AlarmSettings()
    retention: RetentionSettings = RetentionSettings()
    backup: BackupSettings = BackupSettings()


class Template(_Section):
    """`[templates.NAME]`: a ready text in every language of the console."""

    lv: str = Field(min_length=1, max_length=400, description="The text in Latvian.")
    lt: str = Field(min_length=1, max_length=400, description="The text in Lithuanian.")
    en: str = Field(min_length=1, max_length=400, description="The text in English.")


TEMPLATES: Final[Mapping[str, Mapping[str, str]]] = {
    "call_me": {
        "lv": "Sazinieties ar dežurantu.",
        "lt": "Susisiekite su budėtoju.",
        "en": "Contact the dispatcher.",
    },
    "position": {
        "lv": "Ziņojiet atrašanās vietu.",
        "lt": "Praneškite savo vietą.",
        "en": "Report your position.",
    },
    "return": {
        "lv": "Atgriezieties iecirknī.",
        "lt": "Grįžkite į skyrių.",
        "en": "Return to the station.",
    },
    "backup": {
        "lv": "Palīdzība ir ceļā.",
        "lt": "Pagalba atvyksta.",
        "en": "Backup is on its way.",
    },
    "status": {
        "lv": "Ziņojiet statusu.",
        "lt": "Praneškite būseną.",
        "en": "Report your status.",
    },
}


class StatusEntry(_Section):
    """`[status_map.NUMBER]`: what a status number of the radios means."""

    label: str = Field(min_length=1, max_length=64, description="As dispatchers read it.")
    unit: UnitStatus | None = Field(
        default=None,
        description="`free`, `busy` or `off_duty`: what the unit becomes; without it, it stays.",
    )


class _File(_Section):
    """The sections of the file that are dispatch's own."""

    dispatch: DispatchSettings = DispatchSettings()
    status_map: Mapping[Annotated[int, Field(ge=0, le=0xFFFF)], StatusEntry] = Field(
        default={
            number: StatusEntry(label=meaning.label, unit=meaning.unit_status)
            for number, meaning in default_statuses().items()
        },
        description="Status numbers of the radios, as their programming has them.",
    )
    templates: Mapping[Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,31}$")], Template] = Field(
        default={name: Template(**texts) for name, texts in TEMPLATES.items()},
        description="Ready texts, named by small letters, digits and _; in the order of the file.",
    )


class Settings(_File):
    """All that one installation is told."""

    model_config = ConfigDict(arbitrary_types_allowed=True)

    source: Path
    "The file, or the directory that relative paths count from."
    gateway: GatewaySettings | None = None
    "Links to base stations; None when the file has none."
    mqtt: MqttSettings | None = None
    "The broker between gateways and `dispatch serve`; `dispatch run` needs none."

    @property
    def data_dir(self) -> Path:
        """Where the data lies, as an absolute path."""
        return self.beside_source(self.dispatch.data_dir)

    @property
    def database_url(self) -> str:
        """The database, also when the file names none."""
        return self.dispatch.database_url or f"sqlite+aiosqlite:///{self.data_dir / 'sardze.db'}"

    @property
    def pmtiles(self) -> Path | None:
        """The map file as an absolute path."""
        found = self.dispatch.map.pmtiles
        return None if found is None else self.beside_source(found)

    @property
    def backup_folder(self) -> Path:
        """Where backups go, as an absolute path."""
        found = self.dispatch.backup.folder
        return self.data_dir / "backups" if found is None else self.beside_source(found)

    def broker(self) -> Broker:
        """The broker of `[mqtt]`.

        Raises:
            ConfigError: there is none, or files that it names cannot be used.
        """
        if self.mqtt is None:
            sentence = 'missing: `dispatch serve` meets its gateways at a broker: add host = "..."'
            raise ConfigError([f"{self.source}: mqtt: {sentence}"])
        return self.mqtt.broker(self.source)

    def beside_source(self, path: Path) -> Path:
        """A path of the file, relative to the file's own directory."""
        base = self.source if self.source.is_dir() else self.source.parent
        return (base / path).absolute()

    def statuses(self) -> Mapping[int, StatusMeaning]:
        """What the status numbers mean, as ingest wants it."""
        return {
            number: StatusMeaning(entry.label, entry.unit)
            for number, entry in self.status_map.items()
        }

    def console(self) -> dict[str, Any]:
        """What the console is told at its start: map and templates."""
        chosen = self.dispatch.map
        return {
            "map": {
                "pmtiles": chosen.pmtiles is not None,
                "tile_url": chosen.tile_url,
                "attribution": chosen.attribution,
            },
            "templates": [
                {"key": key, **text.model_dump()} for key, text in self.templates.items()
            ],
        }


def load_settings(path: Path, environment: Mapping[str, str]) -> Settings:
    """Read one file.

    Raises:
        ConfigError: every fault on a line of its own.
    """
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except FileNotFoundError:
        raise ConfigError([f"{path}: there is no such file; see docs/ for examples"]) from None
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError([f"{path}: cannot be read: {error}"]) from None
    except tomllib.TOMLDecodeError as error:
        raise ConfigError([f"{path}: not TOML: {error}"]) from None
    return settings_of(data, path, environment)


def settings_of(data: Mapping[str, Any], source: Path, environment: Mapping[str, str]) -> Settings:
    """Check what a file holds; `source` names it in messages and starts relative paths.

    Raises:
        ConfigError: every fault on a line of its own.
    """
    sections = (*_File.model_fields, *_GATEWAY_SECTIONS, _BROKER)
    lines = [
        f"{source}: {key}: {unknown_key(key, sections)}" for key in data if key not in sections
    ]
    own = {key: value for key, value in data.items() if key in _File.model_fields}
    overrides = _overrides(environment)
    if overrides and isinstance(own.get("dispatch", {}), dict):
        own["dispatch"] = {**own.get("dispatch", {}), **overrides}
    checked: _File | None = None
    try:
        # JSON mode: strict about kinds, yet lists become tuples and strings become paths
        checked = _File.model_validate_json(json.dumps(own, default=str))
    except ValidationError as error:
        lines += [_placed(line, source, overrides) for line in fault_lines(error, _File, "")]
    gateway: GatewaySettings | None = None
    tables = {key: value for key, value in data.items() if key in _GATEWAY_SECTIONS}
    if tables:
        try:
            gateway = load_gateway_settings(_beside_the_database(tables, checked), source)
        except ConfigError as error:
            lines += error.lines
    mqtt: MqttSettings | None = None
    if _BROKER in data:
        try:
            mqtt = mqtt_settings(data[_BROKER], source)
        except ConfigError as error:
            lines += error.lines
    if lines or checked is None:
        raise ConfigError(lines)
    own_sections = {name: getattr(checked, name) for name in _File.model_fields}
    return Settings(**own_sections, source=source.absolute(), gateway=gateway, mqtt=mqtt)


def _beside_the_database(tables: dict[str, Any], own: _File | None) -> dict[str, Any]:
    """The gateway's spool lies in dispatch's data_dir unless the file says otherwise."""
    section = tables.get("gateway", {})
    if own is None or not isinstance(section, dict):
        return tables
    return {**tables, "gateway": {"data_dir": str(own.dispatch.data_dir), **section}}


def _placed(line: str, source: Path, overrides: Mapping[str, Any]) -> str:
    """`.dispatch.port: found ...` with the file, or the variable that has set it, in front."""
    place, _, sentence = line.partition(": ")
    _, _, key = place.partition(".dispatch.")
    if key.partition("[")[0] in overrides:
        return f"environment: {ENVIRONMENT}{key.upper()}: {sentence}"
    return f"{source}: {place.removeprefix('.')}: {sentence}"


def _overrides(environment: Mapping[str, str]) -> dict[str, Any]:
    """Values for the `[dispatch]` section out of SARDZE_*; raises ConfigError for unknown ones."""
    fields = {
        f"{ENVIRONMENT}{name.upper()}": (name, field)
        for name, field in DispatchSettings.model_fields.items()
        if name not in ("map", "alarm", "retention", "backup")
    }
    given = sorted(name for name in environment if name.startswith(ENVIRONMENT))
    unknown = [
        f"environment: {name}: {unknown_key(name, fields).replace('key', 'variable', 1)}"
        for name in given
        if name not in fields
    ]
    if unknown:
        raise ConfigError(unknown)
    return {
        fields[name][0]: _from_text(environment[name], fields[name][1].annotation) for name in given
    }


def _from_text(text: str, kind: Any) -> Any:
    if kind is int:
        return int(text) if text.strip().isdecimal() else text
    if getattr(kind, "__origin__", None) is tuple:
        return [part.strip() for part in text.split(",") if part.strip()]
    return text
