"""What the commands do, one module a subject. They move models and ask the screen to show them."""
