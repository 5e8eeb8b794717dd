"""Widgets that draw lines from the models. They hold no data of their own."""
