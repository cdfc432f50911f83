"""The faults of a bus."""


class BusError(Exception):
    """The bus cannot take anything now; durable events stay in the spool and are tried again."""


class BusClosedError(BusError):
    """The bus was closed; raised to those who still hand something to it."""
