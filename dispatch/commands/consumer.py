"""What came of commands."""

from dispatch.commands.service import result
from dispatch.ingest.batch import Batch
from radio_gateway.domain.events import CommandResult


async def on_result(batch: Batch, event: CommandResult) -> None:
    """A command has ended, or is on its way."""
    await result(
        batch.session, batch.shared, event.command, event.outcome, event.detail, event.at.utc
    )
