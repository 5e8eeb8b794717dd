"""The first schema: operations, attempts, links, settings history, audit, organisation, consoles, cached items."""

from alembic import op

from smoothx_tui.ledger.tables import metadata

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    metadata.create_all(op.get_bind())
