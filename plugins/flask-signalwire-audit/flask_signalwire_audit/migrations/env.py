"""Runs migrations on the connection that :mod:`flask_signalwire_audit.schema` hands over."""

from alembic import context

from flask_signalwire_audit.table import metadata

options = context.config.attributes
context.configure(
    connection=options["connection"],
    version_table=options["version_table"],
    target_metadata=metadata,
)
with context.begin_transaction():
    context.run_migrations()
