"""The one screen of the console."""
