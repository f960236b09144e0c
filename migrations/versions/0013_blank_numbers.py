"""Of each sum of participations, how many delivery lines are blank: a sum of the rest is not the whole.

Revises: 0012
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

BLANK = {"women_blank": "women", "men_blank": "men", "sex_not_recorded_blank": "not_recorded"}


def upgrade() -> None:
    for name, number in BLANK.items():
        op.add_column("activity_line", sa.Column(name, sa.Integer(), nullable=False, server_default="0"))
        op.execute(
            f"UPDATE activity_line SET {name} = (SELECT count(*) FROM delivery_line AS line"  # noqa: S608 - names above
            " WHERE line.activity_id = activity_line.activity_id AND line.removed_at IS NULL AND NOT EXISTS"
            f" (SELECT 1 FROM participation AS part WHERE part.delivery_line_id = line.id AND part.{number} IS NOT NULL))"
            " WHERE delivery_lines > 0"
        )


def downgrade() -> None:
    for name in BLANK:
        op.drop_column("activity_line", name)
