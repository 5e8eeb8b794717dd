"""What was done: links, operations, attempts, audit."""
