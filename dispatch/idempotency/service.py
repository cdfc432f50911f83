"""One effect and one answer, however often a request is repeated."""

import hashlib
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Annotated, ClassVar, Final, TypeVar

from fastapi import Header
from pydantic import BaseModel
from sqlalchemy.ext.asyncio import AsyncSession

from dispatch.auth.identity import SignedIn
from dispatch.errors import DispatchError
from dispatch.idempotency.models import IdempotentAnswer
from dispatch.idempotency.repository import AnswerRepository

KEPT_FOR: Final = timedelta(days=2)
"No client repeats a request for so long."

IdempotencyKey = Annotated[
    str | None,
    Header(
        min_length=8,
        max_length=128,
        description="same key, same effect: a repeated request gets the first answer again",
    ),
]

Answer = TypeVar("Answer", bound=BaseModel)


class KeyReusedError(DispatchError):
    """The key stands for another request already."""

    status: ClassVar[int] = 409
    code: ClassVar[str] = "key_reused"
    detail: ClassVar[str] = "This Idempotency-Key was used for another request; make a new one."


async def once(
    session: AsyncSession,
    user: SignedIn,
    key: str | None,
    route: str,
    body: BaseModel | None,
    effect: Callable[[], Awaitable[Answer]],
    answer: type[Answer],
    now: datetime,
) -> Answer:
    """Have the effect, or give the answer that it had before.

    Effect and answer are stored in the caller's transaction, so both are or neither is.
    Without a key the effect simply happens.

    Raises:
        KeyReusedError: the key came with another route or body before.
    """
    if key is None:
        return await effect()
    digest = hashlib.sha256(body.model_dump_json().encode() if body else b"").hexdigest()
    repository = AnswerRepository(session)
    known = await repository.find(user.user_id, key)
    if known is not None:
        if (known.route, known.body_sha256) != (route, digest):
            raise KeyReusedError
        return answer.model_validate_json(known.answer)
    result = await effect()
    await repository.add(
        IdempotentAnswer(
            user_id=user.user_id,
            key=key,
            route=route,
            body_sha256=digest,
            answer=result.model_dump_json(),
            at=now,
        )
    )
    return result


async def forget_old(session: AsyncSession, now: datetime) -> None:
    """Remove answers that nobody asks for any more."""
    await AnswerRepository(session).remove_before(now - KEPT_FOR)
