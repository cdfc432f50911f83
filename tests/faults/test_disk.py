"""The disk: it has everything before a radio is answered, and its failure answers nobody."""

import re
import resource

import pytest

from tests.faults.ledger import Ledger, settled
from tests.faults.load import TEXTING, Load, Pace
from tests.faults.outcome import scenario
from tests.faults.program import Program, ending
from tests.faults.repeater import repeater
from tests.faults.town import Town
from tests.faults.tracing import strace
from tests.faults.waiting import eventually, lasting

SMALL = 4096
"Octets: no file may grow beyond, so that no database can write."
CALLS = "pwrite64,fdatasync,fsync,sendto,sendmsg,sendmmsg"


def limit_files(program: Program, octets: int) -> None:
    """Make every write beyond that size fail, as on a disk that is full; no root is needed."""
    _, hard = resource.prlimit(program.pid, resource.RLIMIT_FSIZE)
    resource.prlimit(program.pid, resource.RLIMIT_FSIZE, (octets, hard))


@pytest.mark.parametrize(
    ("times", "seconds"), [(1, 1.0), pytest.param(10, 5.0, marks=pytest.mark.soak)]
)
async def test_the_disk_is_full(town: Town, times: int, seconds: float) -> None:
    program, ledger = town.all_in_one(), Ledger()
    goal = "nobody is answered meanwhile, 0 lost, 0 doubled, work goes on by itself"
    with scenario("disk-full", "spool and database cannot write", goal) as found:
        async with ending(program):
            await program.started()
            load = Load(ledger, Pace(emergency=None))
            async with repeater(town.ports) as line, load.running(line) as tasks:
                for _ in range(times):
                    done = ledger.total + 20
                    await eventually(lambda done=done: ledger.total > done, "work")  # type: ignore[misc]
                    limit_files(program, SMALL)
                    await lasting(seconds, *tasks)
                    limit_files(program, resource.RLIM_INFINITY)
                    program.check()
                    found.count += 1
                done = ledger.total + 20
                await eventually(lambda: ledger.total > done, "work after the last one", 60)
            found.settle(ledger, await settled(town.database_url, ledger))


@pytest.mark.parametrize("texts", [3, pytest.param(200, marks=pytest.mark.soak)])
async def test_the_disk_has_it_before_the_radio_is_answered(town: Town, texts: int) -> None:
    program, trace = town.all_in_one(), town.folder / "trace"
    program.words = [
        *strace(),
        "-D",
        "-f",
        "-y",
        "-s",
        "9000",
        "-o",
        str(trace),
        "-e",
        f"trace={CALLS}",
        *program.words,
    ]
    goal = "each text is written and fdatasync has returned before its acknowledgement is sent"
    with scenario("sync-order", "every system call of the spool is traced", goal) as found:
        async with ending(program), repeater(town.ports) as line:
            await program.started()
            for number in range(1, texts + 1):
                await line.text(TEXTING, number, f"traced <{number}>")
                found.count += 1
        lines = trace.read_text(encoding="utf-8", errors="replace").splitlines()
        for number in range(1, texts + 1):
            problem = order_of(lines, f"traced <{number}>", number)
            found.expect(not problem, f"text {number}: {problem}")


def order_of(lines: list[str], words: str, number: int) -> str:
    """What is wrong with the order of one text's system calls; empty: nothing."""
    written = [n for n, line in enumerate(lines) if "pwrite64" in line and words in line]
    written = [n for n in written if "spool.db-wal" in lines[n]]
    high, low = divmod(number, 256)
    mark = re.compile(r"send\w+\(.*\"2B\\0!" + _octet(high) + _octet(low))
    answered = [n for n, line in enumerate(lines) if mark.search(line)]
    if not written or not answered:
        return f"written {len(written)} times, answered {len(answered)} times"
    between = lines[written[0] : answered[0]]
    for at, line in enumerate(between):
        if "fdatasync(" in line and "spool.db-wal" in line:
            if line.rstrip().endswith("= 0"):
                return ""
            thread = line.split()[0]
            if any(
                later.startswith(f"{thread} ") and "fdatasync resumed" in later
                for later in between[at:]
            ):
                return ""
    return "no fdatasync between write and answer"


def _octet(value: int) -> str:
    """One octet as strace writes it; digits may follow the short octal form or not."""
    shown = {9: r"\\t", 10: r"\\n", 11: r"\\v", 12: r"\\f", 13: r"\\r", 34: r'\\"', 92: r"\\\\"}
    if value in shown:
        return shown[value]
    if 32 <= value < 127:
        return re.escape(chr(value))
    return rf"\\0{{0,2}}{value:o}"


def test_an_answer_before_the_disk_has_it_is_found() -> None:
    write = '7 pwrite64(9<spool.db-wal>, "..traced <5>..", 4096, 0) = 4096'
    sync, answer = "7 fdatasync(9<spool.db-wal>) = 0", r'6 sendto(5, "2B\0!\0\5\203", 9) = 9'
    assert order_of([write, sync, answer], "traced <5>", 5) == ""
    assert "no fdatasync" in order_of([write, answer, sync], "traced <5>", 5)
    assert "no fdatasync" in order_of([sync, write, answer], "traced <5>", 5)
