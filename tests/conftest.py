"""Rules for all tests: no deadline for examples, logs left as found, nothing skipped under CI."""

import logging
import os
from collections.abc import Iterator

import pytest
from hypothesis import settings

UNDER_CI = os.environ.get("CI") == "true"

settings.register_profile("sardze", deadline=None)
settings.register_profile("sardze-ci", deadline=None, derandomize=True)
settings.load_profile("sardze-ci" if UNDER_CI else "sardze")


@pytest.fixture(autouse=True)
def _logs_as_before() -> Iterator[None]:
    """A command that a test runs in this process sends all logs to a stream that ends with it."""
    root = logging.getLogger()
    handlers, level = list(root.handlers), root.level
    yield
    root.handlers[:] = handlers
    root.setLevel(level)


def _skipped(config: pytest.Config) -> list[str]:
    """Tests that were skipped; known to the process that reports, not to its workers."""
    reporter = config.pluginmanager.get_plugin("terminalreporter")
    return [] if reporter is None else [one.nodeid for one in reporter.stats.get("skipped", [])]


@pytest.hookimpl(tryfirst=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    """Under CI a skipped test is a failure of the run."""
    passed = (pytest.ExitCode.OK, pytest.ExitCode.NO_TESTS_COLLECTED)
    if UNDER_CI and session.exitstatus in passed and _skipped(session.config):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(
    terminalreporter: pytest.TerminalReporter, config: pytest.Config
) -> None:
    """Name what was skipped where that is not allowed."""
    names = _skipped(config) if UNDER_CI else []
    if names:
        terminalreporter.section("skipped, which CI does not allow", red=True)
        for name in names:
            terminalreporter.line(name)
