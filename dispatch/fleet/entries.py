"""What a fleet file says, as TOML or as CSV.

TOML has one table per record, `[[agency]]`, `[[talkgroup]]`, `[[unit]]`, `[[radio]]`. CSV has one
row per record with the column `record` naming the kind; other columns bear the names of the
fields, officers are separated by semicolons.
"""

import csv
import io
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any, Final

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from dispatch.units.models import UnitKind
from radio_gateway.config_faults import fault_lines, one_of, unknown_key
from radio_gateway.domain.ids import MAX_NUMBER


class FleetError(Exception):
    """Faults of a fleet file; `lines` name file and row, nothing was stored."""

    def __init__(self, lines: list[str]) -> None:
        self.lines = lines
        super().__init__("\n".join(lines))


class _Entry(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


Name = Annotated[str, Field(min_length=1, max_length=120)]
Network = Annotated[
    str, Field(min_length=1, max_length=64, description="Numbering network of the link.")
]
Number = Annotated[int, Field(ge=0, le=MAX_NUMBER, description="Number within its network.")]
Code = Annotated[
    str,
    Field(
        pattern=r"^[A-Za-z0-9][A-Za-z0-9_-]{0,31}$", description="Short name, letters and digits."
    ),
]


def _split(value: Any) -> Any:
    if isinstance(value, str):
        return [name.strip() for name in value.split(";") if name.strip()]
    return value


class AgencyEntry(_Entry):
    """A police force."""

    code: Code
    name: Name
    country: str = Field(pattern=r"^[A-Z]{2}$", description="Country as two letters, LV or LT.")
    colour: str | None = Field(
        default=None, pattern=r"^#[0-9a-fA-F]{6}$", description="Colour as #rrggbb."
    )


class TalkgroupEntry(_Entry):
    """A talkgroup; without an agency it is shared by all."""

    network: Network
    number: Number
    name: Name
    agency: Code | None = None


class UnitEntry(_Entry):
    """A patrol with its officers."""

    agency: Code
    call_sign: str = Field(min_length=1, max_length=64, description="Name on the air.")
    kind: UnitKind = Field(default=UnitKind.CAR, description="How it moves.")
    talkgroup: str | None = Field(
        default=None,
        pattern=r"^.+/[0-9]{1,8}$",
        description="Its usual talkgroup as NETWORK/NUMBER.",
    )
    officers: Annotated[tuple[Name, ...], BeforeValidator(_split)] = ()

    def talkgroup_key(self) -> tuple[str, int] | None:
        """Network and number of the usual talkgroup."""
        if self.talkgroup is None:
            return None
        network, _, number = self.talkgroup.rpartition("/")
        return network, int(number)


class RadioEntry(_Entry):
    """A radio, and the unit that carries it."""

    network: Network
    number: Number
    agency: Code | None = None
    unit: str | None = Field(
        default=None, max_length=64, description="Call sign of a unit of the same agency."
    )
    alias: str | None = Field(default=None, max_length=120)
    model: str | None = Field(default=None, max_length=64)


@dataclass(slots=True)
class Fleet:
    """Entries with the place in the file that each came from."""

    agencies: dict[str, AgencyEntry] = field(default_factory=dict)
    talkgroups: dict[tuple[str, int], TalkgroupEntry] = field(default_factory=dict)
    units: dict[tuple[str, str], UnitEntry] = field(default_factory=dict)
    radios: dict[tuple[str, int], RadioEntry] = field(default_factory=dict)
    places: dict[int, str] = field(default_factory=dict)
    "By `id()` of the entry: `fleet.csv: row 12`."

    def add(self, entry: BaseModel, place: str) -> str | None:
        """Take one entry; a sentence when its key is taken."""
        table, key = self._slot(entry)
        if key in table:
            return f"{place}: the same as {self.places[id(table[key])]}"
        table[key] = entry
        self.places[id(entry)] = place
        return None

    def _slot(self, entry: BaseModel) -> tuple[dict[Any, Any], Any]:
        match entry:
            case AgencyEntry():
                return self.agencies, entry.code
            case TalkgroupEntry():
                return self.talkgroups, (entry.network, entry.number)
            case UnitEntry():
                return self.units, (entry.agency, entry.call_sign)
            case RadioEntry():
                return self.radios, (entry.network, entry.number)
            case _:
                raise TypeError(f"no entry of a fleet: {entry!r}")

    def place(self, entry: BaseModel) -> str:
        """Where an entry stands."""
        return self.places[id(entry)]


KINDS: Final[Mapping[str, type[_Entry]]] = {
    "agency": AgencyEntry,
    "talkgroup": TalkgroupEntry,
    "unit": UnitEntry,
    "radio": RadioEntry,
}


def read_fleet(path: Path) -> Fleet:
    """Read a file by its ending, `.toml` or `.csv`.

    Raises:
        FleetError: every fault with its row.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise FleetError([f"{path}: cannot be read: {error.strerror}"]) from None
    except UnicodeDecodeError:
        raise FleetError([f"{path}: not UTF-8 text; save it as UTF-8"]) from None
    match path.suffix.lower():
        case ".toml":
            records = _toml_records(path, text)
        case ".csv":
            records = _csv_records(path, text)
        case _:
            raise FleetError([f"{path}: ends with {path.suffix!r}, expected .toml or .csv"])
    return fleet_of(records)


def fleet_of(records: Iterator[tuple[str, str, Mapping[str, Any]]]) -> Fleet:
    """Check records of (place, kind, fields); raises FleetError with every fault."""
    fleet, lines = Fleet(), []
    for place, kind, fields in records:
        model = KINDS.get(kind)
        if model is None:
            lines.append(f"{place}: record: found {kind!r}, expected {one_of(kind, KINDS)}")
            continue
        try:
            clash = fleet.add(model.model_validate(fields), place)
        except ValidationError as error:
            lines += [
                line.replace(f"{place}.", f"{place}: ", 1)
                for line in fault_lines(error, model, place)
            ]
        else:
            lines += [clash] if clash else []
    if lines:
        raise FleetError(lines)
    return fleet


def _toml_records(path: Path, text: str) -> Iterator[tuple[str, str, Mapping[str, Any]]]:
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise FleetError([f"{path}: not TOML: {error}"]) from None
    unknown = [f"{path}: {key}: {unknown_key(key, KINDS)}" for key in data if key not in KINDS]
    if unknown:
        raise FleetError(unknown)
    for kind, tables in data.items():
        if not isinstance(tables, list) or not all(isinstance(table, dict) for table in tables):
            raise FleetError([f"{path}: {kind}: expected tables written as [[{kind}]]"])
        for number, table in enumerate(tables, 1):
            yield f"{path}: {kind} {number}", kind, table


def _csv_records(path: Path, text: str) -> Iterator[tuple[str, str, Mapping[str, Any]]]:
    dialect = csv.excel
    head = text.partition("\n")[0]
    delimiter = ";" if head.count(";") > head.count(",") else ","
    reader = csv.DictReader(io.StringIO(text, newline=""), dialect=dialect, delimiter=delimiter)
    columns = {name.strip().lower() for name in reader.fieldnames or ()}
    if "record" not in columns:
        raise FleetError([f"{path}: the first row must name the columns, `record` among them"])
    try:
        for row in reader:
            place = f"{path}: row {reader.line_num}"
            if None in row:
                raise FleetError([f"{place}: more cells than columns"])
            cells = {
                name.strip().lower(): value.strip()
                for name, value in row.items()
                if value and value.strip()
            }
            if cells:
                yield place, cells.pop("record", "").lower(), cells
    except csv.Error as error:
        raise FleetError([f"{path}: row {reader.line_num}: not CSV: {error}"]) from None
