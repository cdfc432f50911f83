"""The scenarios of the soak, in the order in which they run."""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Scenario:
    """One test at full length; its outcome is written under `name`."""

    name: str
    test: str
    "File and function; the parameters marked `soak` are chosen by pytest."
    minutes: float
    "As measured on two cores; for the estimate alone."
    of: str = ""
    "Which of several full lengths, as in pytest's -k."


PLAN: Final = (
    Scenario("kill-run", "test_kills.py::test_the_one_process_killed", 11),
    Scenario("kill-postgresql", "test_kills.py::test_the_database_server_killed", 3),
    Scenario("kill-gateway", "test_machines.py::test_one_of_them_killed", 11, "gateway"),
    Scenario("kill-serve", "test_machines.py::test_one_of_them_killed", 11, "serve"),
    Scenario("kill-broker", "test_machines.py::test_one_of_them_killed", 4, "broker"),
    Scenario("broker-away", "test_outages.py::test_away", 12, "broker"),
    Scenario("database-away", "test_outages.py::test_away", 12, "database"),
    Scenario("both-away", "test_outages.py::test_away", 7, "both"),
    Scenario("overload", "test_overload.py::test_ten_times_the_load", 12),
    Scenario(
        "long-load-sqlite",
        "test_long_load.py::test_twenty_thousand_positions_a_second",
        11,
        "sqlite",
    ),
    Scenario(
        "long-load-postgresql",
        "test_long_load.py::test_twenty_thousand_positions_a_second",
        11,
        "postgresql",
    ),
    Scenario("usual-load", "test_day.py::test_the_usual_load", 15.5),
    Scenario("console-away-10-min", "test_consoles.py::test_a_console_comes_back", 11, "10-min"),
    Scenario("console-away-100", "test_consoles.py::test_a_console_comes_back", 4, "away-100"),
    Scenario("console-stuck", "test_consoles.py::test_a_stuck_console_holds_up_nobody", 1.5),
    Scenario("races", "test_consoles.py::test_one_dispatcher_wins_each_alarm", 3),
    Scenario(
        "answer-cut", "test_consoles.py::test_an_order_whose_answer_is_lost_has_one_effect", 1
    ),
    Scenario("bad-lines", "test_lines.py::test_a_bad_line_changes_nothing", 5),
    Scenario("serial-pulled", "test_stations.py::test_a_serial_port_pulled_and_put_back", 6),
    Scenario("base-silent", "test_stations.py::test_a_base_falls_silent", 3),
    Scenario("bases-silent", "test_bases.py::test_bases_pulled_a_hundred_times", 6, "udp"),
    Scenario("cables-pulled", "test_bases.py::test_bases_pulled_a_hundred_times", 3, "serial"),
    Scenario("adapter-raises", "test_stations.py::test_an_adapter_that_raises_hurts_no_other", 1.5),
    Scenario("clock-jumps", "test_clock.py::test_the_clock_jumps", 1),
    Scenario("disk-full", "test_disk.py::test_the_disk_is_full", 1),
    Scenario("backup-under-load", "test_backup.py::test_a_backup_of_a_busy_system", 8),
    Scenario("disk-filled", "test_disk_full.py::test_the_disk_of_a_gateway_fills_up", 6),
    Scenario("fail-points-database", "test_fail_points.py::test_killed_at_a_write", 3, "database"),
    Scenario("fail-points-spool", "test_fail_points.py::test_killed_at_a_write", 3, "spool"),
    Scenario("sync-order", "test_disk.py::test_the_disk_has_it_before_the_radio_is_answered", 1),
    Scenario("migrations-killed", "test_migrations.py::test_a_migration_killed", 3),
)
