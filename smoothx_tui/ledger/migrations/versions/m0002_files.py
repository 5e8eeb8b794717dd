"""Files of documents: what was attached. Whatever else a ledger of the first version lacks is made, too."""

from alembic import op

from smoothx_tui.ledger.tables import metadata

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    metadata.create_all(op.get_bind())
