"""Keeping the access log: adding a row, and proving that none was changed."""

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import takewhile
from typing import Any, Final

from sqlalchemy.ext.asyncio import AsyncSession

from dispatch import clock
from dispatch.audit.models import AccessLogRow, Action
from dispatch.audit.repository import AccessLogRepository
from dispatch.auth.identity import SignedIn

SYSTEM: Final = "system"
"Written as the user name of what nobody signed in has done."
CHAIN: Final = "access_log"


async def record(
    session: AsyncSession,
    user: SignedIn | None,
    action: Action,
    subject: str,
    scope: Mapping[str, Any],
    count: int,
    reason: str | None = None,
    *,
    agency_id: int | None = None,
    at: datetime | None = None,
) -> None:
    """Write one row within the caller's transaction: no row, no data.

    Args:
        session: a writing one; the row is committed together with what it tells about.
        user: None for the command line and the system itself.
        action: one of the kinds that the law names.
        subject: what it is about, one word: `track`, `messages`, `emergency`, `radio_command`.
        scope: which of them: filters of a query or ids; anything that JSON or `str` can say.
        count: records seen or changed.
        reason: as the user gave it.
        agency_id: whose data; left out, a user of exactly one agency stands for it.
        at: when; now if left out.
    """
    repository = AccessLogRepository(session)
    last_id, last_hash = await repository.head()
    if agency_id is None and user and user.agency_ids and len(user.agency_ids) == 1:
        (agency_id,) = user.agency_ids
    row = AccessLogRow(
        id=last_id + 1,
        at=at or clock.now(),
        action=action.value,
        subject=subject,
        scope=json.dumps(dict(scope), default=_plain, sort_keys=True, ensure_ascii=False),
        row_count=count,
        reason=reason,
        user_id=user.user_id if user else None,
        user_name=user.name if user else SYSTEM,
        role=user.role.value if user else SYSTEM,
        agency_id=agency_id,
        session_id=user.session_id if user else None,
        address=user.address if user else "",
        previous_hash=last_hash,
        hash="",
    )
    row.hash = chain_hash(row)
    await repository.append(row)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What `verify` found."""

    rows: int
    "Number of the newest row that holds; they count from 1, erased ones included."
    head: str
    "Hash of the newest of them: keep it elsewhere to notice a log that was cut and rewritten."
    fault: str | None
    "What is wrong with the first bad row; None: the chain is whole."


async def erase_older(
    session: AsyncSession,
    before: datetime,
    limit: int,
    is_held: Callable[[datetime], bool] = lambda _: False,
) -> int:
    """Erase the oldest rows from before this time, at most `limit`; how many.

    Stops at the first row that is younger or held, so that the rest stays one chain. A row of the
    chain says where it was cut: `verify` wants to find it.
    """
    repository = AccessLogRepository(session)
    await repository.head()  # its lock keeps others from adding meanwhile
    rows = await repository.oldest(limit)
    gone = list(takewhile(lambda row: row.at < before and not is_held(row.at), rows))
    if gone:
        last = gone[-1]
        await repository.erase_until(last)
        scope = {"before": before, "cut": _cut(last.id, last.hash)}
        await record(session, None, Action.ERASURE, CHAIN, scope, len(gone))
    return len(gone)


async def verify(session: AsyncSession) -> Verdict:
    """Walk the whole chain and name the first row that was changed, added or is missing."""
    repository = AccessLogRepository(session)
    last_id, last_hash = await repository.head()
    erased_id, erased_hash = count, previous = await repository.erased()
    cut_is_told = erased_id == 0
    async for row in repository.chain():
        fault = _fault(row, count + 1, previous)
        if fault is not None:
            return Verdict(count, previous, fault)
        count, previous = row.id, row.hash
        cut_is_told = cut_is_told or _tells_cut(row, erased_id, erased_hash)
    if (count, previous) != (last_id, last_hash):
        return Verdict(count, previous, f"row {count + 1}: missing, the log ends too early")
    if not cut_is_told:
        fault = f"row {erased_id}: missing, and no later row tells that it was erased"
        return Verdict(count, previous, fault)
    return Verdict(count, previous, None)


def _cut(row_id: int, row_hash: str) -> str:
    return f"{row_id} {row_hash}"


def _tells_cut(row: AccessLogRow, erased_id: int, erased_hash: str) -> bool:
    return (
        row.action == Action.ERASURE
        and row.subject == CHAIN
        and json.loads(row.scope).get("cut") == _cut(erased_id, erased_hash)
    )


def chain_hash(row: AccessLogRow) -> str:
    """SHA-256 over every field of the row, the hash of the one before it included."""
    fields = row.model_dump(exclude={"hash"})
    fields["at"] = row.at.astimezone(UTC).isoformat(timespec="microseconds")
    text = json.dumps(fields, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def _fault(row: AccessLogRow, expected_id: int, previous: str) -> str | None:
    if row.id != expected_id:
        return f"row {expected_id}: missing"
    if row.previous_hash != previous:
        return f"row {row.id}: does not follow the row before it"
    if row.hash != chain_hash(row):
        return f"row {row.id}: was changed"
    return None


def _plain(value: Any) -> str:
    return value.isoformat() if isinstance(value, datetime) else str(value)
