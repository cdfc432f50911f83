"""The command as people run it: a process, its words, its exit status."""

import contextlib
import os
import re
import socket
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text
from typer.testing import CliRunner

from dispatch.cli.main import app

ROOT = Path(__file__).parents[3]


@dataclass(frozen=True)
class Done:
    """How a command ended."""

    returncode: int
    stdout: str
    stderr: str


def process(*arguments: str, cwd: Path, **environment: str) -> Done:
    """Run `dispatch` as a process, to its end."""
    done = subprocess.run(
        [sys.executable, "-m", "dispatch", *arguments],
        cwd=cwd,
        env={**os.environ, "PYTHONPATH": str(ROOT), **environment},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    return Done(done.returncode, done.stdout, done.stderr)


def dispatch(*arguments: str, cwd: Path, **environment: str) -> Done:
    """Run `dispatch` within this process, which is much faster; never starts a server."""
    with contextlib.chdir(cwd):
        result = CliRunner().invoke(app, arguments, env=environment, catch_exceptions=False)
    return Done(result.exit_code, result.stdout, result.stderr)


def one_line_fault(done: Done) -> str:
    """The fault of a command that failed as it should."""
    assert done.returncode == 1, done.stdout + done.stderr
    lines = done.stderr.splitlines()
    assert len(lines) == 1, done.stderr
    assert lines[0].startswith("dispatch: ")
    return lines[0].removeprefix("dispatch: ")


@pytest.fixture
def installation(tmp_path: Path, migrated_file: Path) -> Path:
    """A directory with a configuration and an empty database of the present schema."""
    (tmp_path / "sardze.toml").write_text('[dispatch]\nport = 0\ndata_dir = "."\n')
    (tmp_path / "sardze.db").write_bytes(migrated_file.read_bytes())
    return tmp_path


def change(installation: Path, statement: str) -> None:
    engine = create_engine(f"sqlite:///{installation / 'sardze.db'}")
    with engine.begin() as connection:
        connection.execute(text(statement))
    engine.dispose()


def test_help_names_tables_of_the_configuration(tmp_path: Path) -> None:
    """In brackets, which a terminal's markup would swallow."""
    assert "default: [dispatch.backup] folder" in dispatch("backup", "--help", cwd=tmp_path).stdout
    assert "[mqtt]" in dispatch("serve", "--help", cwd=tmp_path).stdout


def test_help_and_version_are_there(tmp_path: Path) -> None:
    done = dispatch("--help", cwd=tmp_path)
    assert done.returncode == 0
    for command in ("run", "demo", "migrate", "doctor", "user", "fleet", "export"):
        assert command in done.stdout
    assert re.fullmatch(r"dispatch \d+\.\d+\.\d+\n", process("--version", cwd=tmp_path).stdout)


def test_faults_of_the_configuration(tmp_path: Path) -> None:
    assert one_line_fault(dispatch("run", cwd=tmp_path)).startswith(
        "sardze.toml: there is no such file"
    )
    (tmp_path / "sardze.toml").write_text("[dispatch]\nprot = 1\n")
    fault = one_line_fault(dispatch("run", cwd=tmp_path))
    assert fault.startswith("sardze.toml: dispatch.prot: unknown key")
    assert fault.endswith("did you mean port?")
    (tmp_path / "sardze.toml").write_text("")
    assert "SARDZE_PORT" in one_line_fault(dispatch("run", cwd=tmp_path, SARDZE_PORT="x"))


def test_a_port_in_use_is_one_line(installation: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        for command in (("run",), ("demo", "--port", str(port))):
            fault = one_line_fault(process(*command, cwd=installation, SARDZE_PORT=str(port)))
            assert fault.startswith(f"port {port} on 127.0.0.1 is in use: stop the program")


def test_an_address_of_another_machine_is_one_line(installation: Path) -> None:
    fault = one_line_fault(process("run", cwd=installation, SARDZE_HOST="203.0.113.1"))
    assert fault == "203.0.113.1 is no address of this machine: correct host in sardze.toml"


def test_a_database_of_a_newer_version_is_refused(installation: Path) -> None:
    change(installation, "UPDATE alembic_version SET version_num = '9999'")
    faults = [one_line_fault(dispatch("run", cwd=installation))]
    faults += [
        one_line_fault(dispatch(*command, cwd=installation))
        for command in (("migrate",), ("user", "list"), ("fleet", "export"))
    ]
    for fault in faults:
        assert "is at revision 9999" in fault
        assert "start a newer version of dispatch" in fault


def test_a_file_that_is_no_database_is_one_line(installation: Path) -> None:
    (installation / "sardze.db").write_bytes(b"no database at all" * 100)
    assert "file is not a database" in one_line_fault(dispatch("run", cwd=installation))


def test_real_work_and_demo_stay_apart(installation: Path) -> None:
    (installation / "sub").mkdir()
    fault = one_line_fault(dispatch("demo", "--data-dir", ".", "--port", "0", cwd=installation))
    assert "is no demo's database" in fault
    assert (installation / "sardze.db").stat().st_size > 0
    change(installation, "UPDATE stream SET demo = 1")
    assert "holds a demo's invented data" in one_line_fault(dispatch("run", cwd=installation))


def test_migrate_makes_and_keeps_a_database(tmp_path: Path) -> None:
    (tmp_path / "sardze.toml").write_text('[dispatch]\ndata_dir = "data"\n')
    for _ in range(2):
        done = dispatch("migrate", cwd=tmp_path)
        assert done.returncode == 0
        assert "the database is at revision" in done.stdout
    assert (tmp_path / "data/sardze.db").exists()
    assert not list((tmp_path / "data").glob("*.bak"))


def test_what_reads_wants_a_database_and_what_begins_makes_one(tmp_path: Path) -> None:
    (tmp_path / "sardze.toml").write_text("")
    assert "run `dispatch migrate`" in one_line_fault(dispatch("fleet", "export", cwd=tmp_path))
    assert dispatch("user", "add", "anna", "--role", "administrator", cwd=tmp_path).returncode == 0
    assert "anna" in dispatch("user", "list", cwd=tmp_path).stdout


def test_people_at_the_command_line(installation: Path) -> None:
    fleet = installation / "fleet.toml"
    fleet.write_text('[[agency]]\ncode = "LP"\nname = "Liepāja"\ncountry = "LV"\n')
    assert dispatch("fleet", "import", "fleet.toml", cwd=installation).returncode == 0

    added = dispatch("user", "add", "Anna", "--agency", "LP", cwd=installation)
    assert re.search(r"http://127\.0\.0\.1:\d+/sign-in#token=[\w-]{43}\n", added.stdout)
    assert dispatch("user", "role", "anna", "supervisor", cwd=installation).returncode == 0
    assert dispatch("user", "disable", "ANNA", cwd=installation).returncode == 0

    listed = dispatch("user", "list", cwd=installation).stdout
    assert listed.split() == ["anna", "supervisor", "disabled", "no", "password", "Anna"]

    faults = [
        (("user", "add", "anna", "--agency", "LP"), "There is a user named anna already"),
        (("user", "add", "berta"), "A dispatcher needs at least one agency."),
        (("user", "add", "berta", "--agency", "XX"), "There is no agency 'XX'"),
        (("user", "add", "berta", "--role", "boss"), "role: found 'boss', expected administrator"),
        (("user", "link", "zane"), "there is no user 'zane'; see `dispatch user list`"),
    ]
    for command, sentence in faults:
        assert one_line_fault(dispatch(*command, cwd=installation)).startswith(sentence)


def test_the_access_log_is_exported_and_proved(installation: Path) -> None:
    dispatch("user", "add", "anna", "--role", "administrator", cwd=installation)
    proof = dispatch("export", "access-log", "--verify", cwd=installation)
    assert proof.returncode == 0
    assert "the access log is whole: 1 rows, newest hash" in proof.stdout

    lines = dispatch("export", "access-log", cwd=installation).stdout.splitlines()
    assert lines[0].startswith("id,at,action,subject,scope,row_count")
    assert len(lines) == 3  # the export itself is logged before it is written

    change(installation, "UPDATE access_log SET user_name = 'nobody' WHERE id = 1")
    proof = dispatch("export", "access-log", "--verify", cwd=installation)
    assert proof.returncode == 1
    assert "tampered with: row 1: was changed" in proof.stdout


def test_records_are_exported(installation: Path) -> None:
    span = ("--since", "2026-11-01", "--until", "2026-12-01T00:00+02:00")
    done = dispatch("export", "calls", *span, cwd=installation)
    assert done.stdout.startswith("started_at,ended_at,duration_s")
    done = dispatch("export", "track", *span, "--format", "json", cwd=installation)
    assert done.stdout == '{"demo":false,"items":[]}\n'
    fault = one_line_fault(
        dispatch("export", "calls", "--since", "then", "--until", "now", cwd=installation)
    )
    assert fault.startswith("--since: found 'then', expected a time as")


def test_fleet_faults_name_the_row(installation: Path) -> None:
    (installation / "fleet.csv").write_text("record,network,number\nradio,liepaja,many\n")
    fault = one_line_fault(dispatch("fleet", "import", "fleet.csv", cwd=installation))
    assert fault.startswith('fleet.csv: row 2: number: found "many", expected a whole number')


def test_the_doctor_names_what_is_missing(installation: Path) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
        (installation / "sardze.toml").write_text(
            f"""
[dispatch]
port = 0
data_dir = "."
[dispatch.map]
pmtiles = "sardze.toml"
[[link]]
kind = "homebrew"
name = "repeaters"
network = "liepaja"
port = {port}
repeater = [{{ id = 1, name = "Centrs", passphrase = "short" }}]
[[link]]
kind = "nmea"
name = "boat"
network = "boats"
radio = 5
device = "/dev/no-such-port"
"""
        )
        done = dispatch("doctor", cwd=installation)
    assert done.returncode == 1
    lines = done.stdout.splitlines()
    good = [line[2:] for line in lines if line.startswith("✓")]
    bad = [line[2:] for line in lines if line.startswith("✗")]
    assert any(line.startswith("database: reachable, revision ") for line in good)
    assert any(line.startswith("advice: ") and "20 random ones" in line for line in good)
    assert f"link repeaters: UDP port {port} on 127.0.0.1: Address already in use" in bad[0]
    assert bad[1].startswith("link boat: /dev/no-such-port is not there: plug the cable in")
    assert any(line.endswith("is no PMTiles file of version 3") for line in bad)
    assert "short" not in done.stdout + done.stderr


def test_the_url_of_the_database_is_checked(installation: Path) -> None:
    fault = one_line_fault(dispatch("migrate", cwd=installation, SARDZE_DATABASE_URL="mysql://x/y"))
    assert "use sqlite+aiosqlite:///FILE or postgresql+asyncpg" in fault
    url = "postgresql+asyncpg://sardze@127.0.0.1:1/sardze"
    fault = one_line_fault(dispatch("user", "list", cwd=installation, SARDZE_DATABASE_URL=url))
    assert fault.startswith("the database cannot be reached: ")
