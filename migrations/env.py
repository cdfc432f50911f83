"""Alembic's entry: runs the revisions over the connection that `dispatch.db.migrate` gives."""

from alembic import context

from dispatch.models import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    transactional_ddl=True,
    render_as_batch=True,
    compare_type=True,
)
with context.begin_transaction():
    context.run_migrations()
