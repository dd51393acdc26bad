"""The tables. What makes them, and changes them later, stands in ``migrations``."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Column,
    Float,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
    text,
)

metadata = MetaData()

# SQLite's own row number must be an INTEGER.
Sequence = BigInteger().with_variant(Integer, "sqlite")

MARKS = text("kind IN ('gap', 'purged', 'erased')")

entries = Table(
    "signalwire_audit_entries",
    metadata,
    # 1, 2, 3 …, without a hole: assigned under the lock of the head.
    Column("seq", Sequence, primary_key=True, autoincrement=False),
    # UTC as text, 2026-11-22T18:43:19.031752Z: every database gives back what it was given.
    Column("at", String(27), nullable=False, index=True),
    Column("kind", String(16), nullable=False),
    Column("command_id", String(36)),
    Column("account", String(255)),
    Column("name", String(255)),
    Column("call_id", String(255), index=True),
    Column("control_id", String(255)),
    Column("who", String(255)),
    Column("outcome", String(16)),
    Column("stage", String(16)),
    Column("error", String(255)),
    Column("leg_id", String(255), index=True),
    Column("leg_status", String(255)),
    Column("request_id", String(255)),
    Column("elapsed", Float(53)),
    Column("details", Text),
    # What can be erased. The chain has its digest in place of it.
    Column("personal", Text),
    Column("digest", String(64)),
    Column("key_id", String(16), nullable=False),
    Column("mac", String(64), nullable=False),
    UniqueConstraint("command_id", "kind", name="uq_signalwire_audit_entries_command"),
)
Index(
    "ix_signalwire_audit_entries_marks",
    entries.c.kind,
    entries.c.seq,
    sqlite_where=MARKS,
    postgresql_where=MARKS,
)

numbers = Table(
    "signalwire_audit_numbers",
    metadata,
    Column("digest", String(32), primary_key=True),
    Column("seq", Sequence, primary_key=True, autoincrement=False, index=True),
)

head = Table(
    "signalwire_audit_head",
    metadata,
    # One row. Whoever writes locks it, so the chain has one order whoever writes it.
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("seq", Sequence, nullable=False),
    Column("mac", String(64), nullable=False),
    Column("key_id", String(16)),
)
