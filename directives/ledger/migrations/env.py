"""Alembic runs on the connection it is given (`directives.ledger.engine.migrate`)."""

from alembic import context

from directives.ledger.tables import Campaign

connection = context.config.attributes["connection"]
context.configure(connection=connection, target_metadata=Campaign.metadata, render_as_batch=True)
with context.begin_transaction():
    context.run_migrations()
