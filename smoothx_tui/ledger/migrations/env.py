"""Alembic's entry: the caller brings the connection and owns the transaction."""

from alembic import context

from smoothx_tui.ledger.tables import metadata

context.configure(connection=context.config.attributes["connection"], target_metadata=metadata)
context.run_migrations()
