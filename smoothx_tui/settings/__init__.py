"""The switches, lists and mapping: schema, file, history."""
