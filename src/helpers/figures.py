"""The book's figures (placeholder until the figures land)."""


def use_style() -> None:
    """Set matplotlib to the book's style."""
