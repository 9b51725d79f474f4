"""How things look: as HTML in notebooks, and as text in terminals."""

__all__ = ["lines", "page", "text", "view", "viewed"]
