"""A service is gathered into one row when it changes, not whenever it is found.

directory.database.upgrade fills the rows; until then, and for readers of an older version, nothing is lost.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

_TEXTS = (
    "record", "area_cy", "area_en", "organization_cy", "organization_en", "address_cy", "address_en",
)  # fmt: skip


def upgrade() -> None:
    for name in _TEXTS:
        op.add_column("service_text", sa.Column(name, sa.Text(), nullable=True))
    op.add_column("service_text", sa.Column("positions", sa.JSON(none_as_null=True), nullable=True))


def downgrade() -> None:
    for name in ("positions", *_TEXTS):
        op.drop_column("service_text", name)
