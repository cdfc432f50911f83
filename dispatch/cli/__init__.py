"""The command `dispatch`."""

from dispatch.cli.main import main

__all__ = ["main"]
