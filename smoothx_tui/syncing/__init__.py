"""Plan -> effects: each step recorded before and after it happens."""
