"""Columns to values: what a rule sees, what it made of it, and how a value came about."""

__all__ = ["evaluation", "explanation", "form", "outcome", "outcomes", "shown"]
