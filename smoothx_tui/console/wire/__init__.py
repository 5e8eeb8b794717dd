"""The diffing terminal driver: only the cells that changed go over the wire.

    Textual's frame -> frame.py (cells) -> diff.py and scroll.py (shortest writes) -> the terminal

Everything but `driver.py` is pure and knows neither Textual nor a terminal. See docs/terminal.md.
"""
