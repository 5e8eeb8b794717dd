"""Alembic scripts of the ledger; schema.py runs them."""
