"""What the console shows and knows, without Textual: every class here is tested by itself."""
