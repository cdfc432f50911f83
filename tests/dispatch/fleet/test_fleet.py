import tomllib
from pathlib import Path

import pytest

from dispatch.db.database import Database
from dispatch.fleet.entries import FleetError, read_fleet
from dispatch.fleet.export import export_fleet
from dispatch.fleet.repository import FleetRepository
from dispatch.fleet.service import import_fleet

TOML = """
[[agency]]
code = "liepaja"
name = "Liepājas pašvaldības policija"
country = "LV"
colour = "#1f6feb"

[[talkgroup]]
network = "liepaja"
number = 101
name = "Patruļa"
agency = "liepaja"

[[unit]]
agency = "liepaja"
call_sign = 'LP-101 "Karosta"'
kind = "e_bike"
talkgroup = "liepaja/101"
officers = ["Jānis Bērziņš", "Анна Иванова"]

[[radio]]
network = "liepaja"
number = 0
agency = "liepaja"
unit = 'LP-101 "Karosta"'

[[radio]]
network = "palanga/fleetsync"
number = 1001001
alias = "spare"
"""

COLUMNS = (
    "record;code;name;country;colour;network;number;agency;call_sign;kind;talkgroup;officers;"
    "unit;alias"
)
CSV = (
    COLUMNS
    + '''
agency;liepaja;Liepājas pašvaldības policija;LV;#1f6feb;;;;;;;;;
talkgroup;;Patruļa;;;liepaja;101;liepaja;;;;;;

unit;;;;;;;liepaja;"LP-101 ""Karosta""";e_bike;liepaja/101;"Jānis Bērziņš; Анна Иванова";;
radio;;;;;liepaja;0;liepaja;;;;;"LP-101 ""Karosta""";
radio;;;;;palanga/fleetsync;1001001;;;;;;;spare
'''
)


async def load(database: Database, path: Path) -> str:
    async with database.write() as session:
        return str(await import_fleet(FleetRepository(session), read_fleet(path)))


async def export(database: Database) -> str:
    async with database.read() as session:
        return await export_fleet(FleetRepository(session))


@pytest.mark.parametrize(("name", "text"), [("fleet.toml", TOML), ("fleet.csv", CSV)])
async def test_a_fleet_goes_in_and_comes_out(
    database: Database, tmp_path: Path, name: str, text: str
) -> None:
    path = tmp_path / name
    path.write_text(text, encoding="utf-8-sig" if name.endswith("csv") else "utf-8")

    assert await load(database, path) == (
        "1 agencies (1 new or changed), 1 talkgroups (1 new or changed), "
        "1 units (1 new or changed), 2 radios (2 new or changed)"
    )
    wanted = tomllib.loads(TOML)
    assert tomllib.loads(await export(database)) == wanted

    # the same again, and its own export, change nothing
    unchanged = "1 agencies (0 new or changed), 1 talkgroups (0 new or changed), "
    unchanged += "1 units (0 new or changed), 2 radios (0 new or changed)"
    assert await load(database, path) == unchanged
    again = tmp_path / "again.toml"
    again.write_text(await export(database))
    assert await load(database, again) == unchanged


async def test_a_change_reaches_the_row_and_leaves_others(
    database: Database, tmp_path: Path
) -> None:
    path = tmp_path / "fleet.toml"
    path.write_text(TOML)
    await load(database, path)
    change = tmp_path / "change.toml"
    change.write_text(
        '[[unit]]\nagency = "liepaja"\ncall_sign = "LP-101 \\"Karosta\\""\nkind = "car"\n'
        'officers = ["Ilze Ozola"]\n[[radio]]\nnetwork = "liepaja"\nnumber = 7\n'
    )

    done = await load(database, change)

    assert done == (
        "0 agencies (0 new or changed), 0 talkgroups (0 new or changed), "
        "1 units (1 new or changed), 1 radios (1 new or changed)"
    )
    fleet = tomllib.loads(await export(database))
    assert fleet["unit"][0]["officers"] == ["Ilze Ozola"]
    assert fleet["unit"][0]["kind"] == "car"
    assert [radio["number"] for radio in fleet["radio"]] == [0, 7, 1001001]


FAULTS = [
    ("fleet.toml", "[[agency]", "{}: not TOML: "),
    ("fleet.toml", "[[agencies]]\ncode='a'", "{}: agencies: unknown key, expected one of agency"),
    ("fleet.toml", "agency = 3", "{}: agency: expected tables written as [[agency]]"),
    ("fleet.toml", "[[agency]]\ncode='A b'\nname='x'\ncountry='LV'", "{}: agency 1: code: found"),
    ("fleet.toml", "[[radio]]\nnetwork='x'\nnumber=16777216", "{}: radio 1: number: found 1677"),
    ("fleet.toml", "[[radio]]\nnetwork='x'\nnumbr=1\nnumber=1", "{}: radio 1: numbr: unknown key"),
    (
        "fleet.toml",
        "[[radio]]\nnetwork='x'\nnumber=1\n[[radio]]\nnetwork='x'\nnumber=1",
        "{0}: radio 2: the same as {0}: radio 1",
    ),
    (
        "fleet.toml",
        "[[unit]]\nagency='nowhere'\ncall_sign='U'",
        "{}: unit 1: agency: there is no agency 'nowhere'",
    ),
    (
        "fleet.toml",
        (
            "[[agency]]\ncode='a'\nname='x'\ncountry='LV'\n"
            "[[unit]]\nagency='a'\ncall_sign='U'\ntalkgroup='x/5'"
        ),
        "{}: unit 1: talkgroup: there is no talkgroup x/5",
    ),
    (
        "fleet.toml",
        (
            "[[agency]]\ncode='a'\nname='x'\ncountry='LV'\n"
            "[[radio]]\nnetwork='x'\nnumber=1\nagency='a'\nunit='U'"
        ),
        "{}: radio 1: unit: a has no unit 'U'",
    ),
    ("fleet.csv", "a,b\n1,2", "{}: the first row must name the columns, `record` among them"),
    ("fleet.csv", "", "{}: the first row must name the columns, `record` among them"),
    ("fleet.csv", "record,network\nradoi,x", "{}: row 2: record: found 'radoi', expected one of"),
    ("fleet.csv", "record,network\n\nradio,x", "{}: row 3: number: missing"),
    ("fleet.csv", "record,network\nradio,x,1", "{}: row 2: more cells than columns"),
    ("fleet.csv", "record,network,number\nradio,x,many", '{}: row 2: number: found "many"'),
    ("fleet.xlsx", "", "{}: ends with '.xlsx', expected .toml or .csv"),
]


@pytest.mark.parametrize(("name", "text", "line"), FAULTS)
async def test_a_fault_names_file_and_row_and_stores_nothing(
    database: Database, tmp_path: Path, name: str, text: str, line: str
) -> None:
    path = tmp_path / name
    path.write_text(text)
    with pytest.raises(FleetError) as caught:
        await load(database, path)
    assert caught.value.lines[0].startswith(line.format(path))
    assert await export(database) == ""


async def test_a_file_that_is_not_there_or_not_text(database: Database, tmp_path: Path) -> None:
    with pytest.raises(FleetError, match="cannot be read: No such file"):
        await load(database, tmp_path / "missing.toml")
    binary = tmp_path / "latin.csv"
    binary.write_bytes("record;name\nunit;Bērziņš".encode("utf-16"))
    with pytest.raises(FleetError, match="not UTF-8 text"):
        await load(database, binary)
