"""Fixed-width text fields, padded with spaces by some senders and with NUL by others."""

from radio_gateway.domain.geo import GeoPoint


def read(field: bytes) -> str:
    """Printable text of a field: UTF-8 with replacement, ends stripped."""
    text = field.split(b"\0", 1)[0].decode("utf-8", "replace")
    return "".join(c for c in text if c.isprintable()).strip()


def read_int(field: bytes) -> int | None:
    """A decimal number; None when the field holds none."""
    text = field.strip(b" \0")
    return int(text) if text.isdigit() else None


def read_float(field: bytes) -> float | None:
    """A decimal fraction; None when the field holds none."""
    text = field.strip(b" \0")
    if not text or set(text) - set(b"+-.0123456789"):
        return None
    try:
        return float(text)
    except ValueError:
        return None


def read_point(lat: bytes, lon: bytes) -> GeoPoint | None:
    """A place; None when it is hidden (0/0), unreadable or not on earth."""
    place = read_float(lat), read_float(lon)
    match place:
        case (float(north), float(east)) if -90 <= north <= 90 and -180 <= east <= 180:
            return GeoPoint(north, east) if north or east else None
    return None


def pad(text: str, width: int) -> bytes:
    """`text` cut or padded with spaces to `width` octets; characters are never cut in half."""
    octets = text.encode()[:width].decode(errors="ignore").encode()
    return octets.ljust(width)
