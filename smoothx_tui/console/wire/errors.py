"""What the pure parts of the driver raise."""


class NotUnderstoodError(Exception):
    """Output that is not moves, colours, links and text: it must be passed to the terminal as it is."""
