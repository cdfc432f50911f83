"""The faults of a link: ports that do not open and ports that went away."""


class LinkError(Exception):
    """A socket or serial port cannot be opened, or stopped working.

    Caught by the supervisor, which shows the text as the link's state and tries again;
    the text names the port and says what to do.
    """
