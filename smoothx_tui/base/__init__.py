"""What every package may use: errors, text from outside, money, JSON, secrets, clocks."""
