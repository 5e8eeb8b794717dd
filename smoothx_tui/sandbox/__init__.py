"""Procore and Xero on loopback, stateful, from a scenario file."""
