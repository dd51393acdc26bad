"""The first tables: entries, the numbers that they are found by, and the head of the chain."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables.

    They are spelt out here, and not taken from ``table.py``: a migration stays as it was released.
    """
    sequence = sa.BigInteger().with_variant(sa.Integer, "sqlite")
    op.create_table(
        "signalwire_audit_entries",
        sa.Column("seq", sequence, primary_key=True, autoincrement=False),
        sa.Column("at", sa.String(27), nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("command_id", sa.String(36)),
        sa.Column("account", sa.String(255)),
        sa.Column("name", sa.String(255)),
        sa.Column("call_id", sa.String(255)),
        sa.Column("control_id", sa.String(255)),
        sa.Column("who", sa.String(255)),
        sa.Column("outcome", sa.String(16)),
        sa.Column("stage", sa.String(16)),
        sa.Column("error", sa.String(255)),
        sa.Column("leg_id", sa.String(255)),
        sa.Column("leg_status", sa.String(255)),
        sa.Column("request_id", sa.String(255)),
        sa.Column("elapsed", sa.Float(53)),
        sa.Column("details", sa.Text),
        sa.Column("personal", sa.Text),
        sa.Column("digest", sa.String(64)),
        sa.Column("key_id", sa.String(16), nullable=False),
        sa.Column("mac", sa.String(64), nullable=False),
        sa.UniqueConstraint("command_id", "kind", name="uq_signalwire_audit_entries_command"),
    )
    for column in ("at", "call_id", "leg_id"):
        op.create_index(
            f"ix_signalwire_audit_entries_{column}", "signalwire_audit_entries", [column]
        )
    marks = sa.text("kind IN ('gap', 'purged', 'erased')")
    op.create_index(
        "ix_signalwire_audit_entries_marks",
        "signalwire_audit_entries",
        ["kind", "seq"],
        sqlite_where=marks,
        postgresql_where=marks,
    )
    op.create_table(
        "signalwire_audit_numbers",
        sa.Column("digest", sa.String(32), primary_key=True),
        sa.Column("seq", sequence, primary_key=True, autoincrement=False),
    )
    op.create_index("ix_signalwire_audit_numbers_seq", "signalwire_audit_numbers", ["seq"])
    head = op.create_table(
        "signalwire_audit_head",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("seq", sequence, nullable=False),
        sa.Column("mac", sa.String(64), nullable=False),
        sa.Column("key_id", sa.String(16)),
    )
    op.bulk_insert(head, [{"id": 1, "seq": 0, "mac": "0" * 64, "key_id": None}])
