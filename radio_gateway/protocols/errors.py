"""The faults of a protocol: theirs (`MalformedError`) and ours (`NotReadyError`)."""

SHOWN_OCTETS = 64
"How much of a bad frame an error quotes."


class ProtocolError(Exception):
    """Base of all protocol faults; catch one of its children instead."""


class MalformedError(ProtocolError):
    """The peer sent bytes that the specification does not allow.

    Caught once per frame, in the adapter: counted, logged with the hex, dropped.
    """

    def __init__(self, what: str, data: bytes) -> None:
        shown = data[:SHOWN_OCTETS].hex(" ")
        more = f" .. ({len(data)} octets)" if len(data) > SHOWN_OCTETS else ""
        super().__init__(f"{what}: {shown}{more}")
        self.what = what
        self.data = data


class NotReadyError(ProtocolError):
    """Our side asked for something that the state of the session does not allow.

    Caught by the adapter's `command`, which answers the dispatcher; elsewhere it is a bug.
    """


class RefusedError(ProtocolError):
    """The bytes are well formed, their sender is not allowed to send them.

    Caught once per frame, in the adapter: counted apart from malformed ones and logged.
    """
