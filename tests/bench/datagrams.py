"""Sends numbered datagrams of 60 octets to a local port, from a process of its own.

    python -m tests.bench.datagrams PORT PER_SECOND SECONDS

A rate of 0 is as fast as it goes. Prints how many were sent.
"""

import socket
import sys
import threading
import time

BREATH = threading.Event()


def send(port: int, rate: int, seconds: float) -> int:
    """Send at an even rate, in groups of a millisecond."""
    sent = 0
    rest = bytes(56)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
        sender.connect(("127.0.0.1", port))
        began = time.monotonic()
        while (elapsed := time.monotonic() - began) < seconds:
            due = sent + 64 if rate == 0 else int(rate * elapsed)
            for number in range(sent, due):
                sender.send(number.to_bytes(4, "big") + rest)
            sent = due
            if rate:
                BREATH.wait(0.001)
    return sent


if __name__ == "__main__":
    print(send(int(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3])))  # noqa: T201
