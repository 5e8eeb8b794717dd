"""What was done: links, operations, attempts, audit. SQLite by default, PostgreSQL where several consoles share it."""
