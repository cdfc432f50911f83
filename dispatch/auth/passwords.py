"""Password hashing: argon2id in a worker thread, a few at a time."""

import asyncio
from typing import Final

from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher

SHORTEST: Final = 12
LONGEST: Final = 256
"Characters; longer input would only cost time."


class Passwords:
    """Hashes and checks. Each hash takes tens of MiB, so that only two run at once."""

    def __init__(self, *, at_once: int = 2, hasher: Argon2Hasher | None = None) -> None:
        """Take how many may run at once; tests pass a cheaper hasher."""
        self._hash = PasswordHash((hasher or Argon2Hasher(),))
        self._turns = asyncio.Semaphore(at_once)
        self._nobody = self._hash.hash("nobody's password")

    async def hash(self, password: str) -> str:
        """The string to store."""
        async with self._turns:
            return await asyncio.to_thread(self._hash.hash, password)

    async def verify(self, password: str, stored: str | None) -> bool:
        """Whether the password fits; as slow for an account that does not exist (None)."""
        async with self._turns:
            fits = await asyncio.to_thread(self._hash.verify, password, stored or self._nobody)
        return fits and stored is not None
