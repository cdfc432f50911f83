"""A Tait TM8200 as its manual tells another author: plain octets, sums and strings."""

import re


def packed(ident: str, parameters: str) -> bytes:
    """Ident, size, parameters, two's complement of the sum, CR."""
    body = f"{ident}{len(parameters):02X}{parameters}".encode("latin-1")
    return body + b"%02X\r" % (-sum(body) % 256)


def sentence(body: str) -> str:
    """An NMEA sentence with its checksum."""
    total = 0
    for octet in body.encode():
        total ^= octet
    return f"${body}*{total:02X}"


class TaitRadio:
    """What is wired to the serial port: takes commands, answers, prompts."""

    def __init__(self) -> None:
        self.commands: list[str] = []
        "Packets of the computer without checksum, as they came."
        self.faults = 0
        "Packets of the computer that were wrong."
        self.stored = ""
        "The one message that the radio holds."
        self.silent = False
        self.refuses: dict[str, str] = {}
        "Beginning of a command -> error number."
        self.confirms: bool | None = True
        "What is said about each message that was sent; None: nothing, it is not programmed."
        self.places: dict[str, str] = {}
        "Data identity -> RMC sentence that this radio answers with."
        self._buffer = b""

    def answer(self, data: bytes) -> bytes:
        """Take octets of the computer; returns what goes back."""
        if self.silent:
            return b""
        self._buffer += data
        said = b""
        while b"\r" in self._buffer:
            line, _, self._buffer = self._buffer.partition(b"\r")
            said += self._one(line) if line else b"."
        return said

    def ring(self, codes: str, caller: str = "") -> bytes:
        """`codes`: category, four types, two of status."""
        return packed("r", codes + caller) + b"."

    def progress(self, number: str) -> bytes:
        return packed("p", number) + b"."

    def message(self, text: str, caller: str = "") -> bytes:
        """A message from the air, handed on at once as function 1 01 asks for."""
        ring = packed("r", "14000FF" + caller) + b"."
        return packed("p", "19") + b"." + ring + packed("s", text) + b"."

    def _one(self, line: bytes) -> bytes:
        match = re.fullmatch(rb"([a-z])([0-9A-F]{2})(.*)([0-9A-F]{2})", line, re.DOTALL)
        good = (
            match
            and int(match[2], 16) == len(match[3])
            and (sum(line[:-2]) + int(match[4], 16)) % 256 == 0
        )
        if not match or not good:
            self.faults += 1
            return packed("e", "002") + b"."
        ident, parameters = match[1].decode(), match[3].decode("latin-1")
        self.commands.append(ident + parameters)
        for start, number in self.refuses.items():
            if (ident + parameters).startswith(start):
                return packed("e", f"0{number}") + b"."
        return self._done(ident, parameters)

    def _done(self, ident: str, parameters: str) -> bytes:
        match ident, parameters[:1]:
            case "q", "" | "0":
                return b"." + packed("m", "13103.00") + b"."
            case "q", "1":
                text, self.stored = self.stored, ""
                return b"." + packed("s", text) + b"."
            case "a", _:
                return b"." + self._sent(parameters)
            case (("f" | "c"), _):
                return b"."
            case _:
                return packed("e", "001") + b"."

    def _sent(self, parameters: str) -> bytes:
        to, kind = parameters[5:13], parameters[3:5]
        if kind == "06":
            place = self.places.get(to)
            return self.message(place) if place else b""
        if self.confirms is None or "*" in to:
            return b""
        return self.progress(f"1D{self.confirms:d}")
