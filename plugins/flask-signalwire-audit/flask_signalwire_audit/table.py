"""The one table: a row is a command, from its intent to its outcome."""

from __future__ import annotations

from datetime import datetime, timezone
from typing import Any

from sqlalchemy import JSON, Column, DateTime, Float, MetaData, String, Table, Text
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeDecorator


class UtcDateTime(TypeDecorator[datetime]):
    """Aware datetimes, in UTC on every database; SQLite alone would drop the time zone."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        return None if value is None else value.astimezone(timezone.utc)

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        moment: datetime = value
        if moment.tzinfo is None:
            return moment.replace(tzinfo=timezone.utc)
        return moment.astimezone(timezone.utc)


metadata = MetaData()

commands = Table(
    "signalwire_audit",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("recorded_at", UtcDateTime, nullable=False, index=True),
    Column("account", String(255), nullable=False),
    Column("name", String(255), nullable=False),
    Column("call_id", String(255), index=True),
    Column("params", JSON, nullable=False),
    Column("who", String(255)),
    Column("intent_at", UtcDateTime),
    Column("finished_at", UtcDateTime),
    Column("outcome", String(16), index=True),
    Column("stage", String(16)),
    Column("error", String(255)),
    Column("message", Text),
    Column("leg_id", String(255), index=True),
    Column("leg_status", String(255)),
    Column("request_id", String(255)),
    Column("elapsed", Float),
)
