"""Reads progress claims, direct costs and head contract claims from Procore, and locks them."""
