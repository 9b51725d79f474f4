"""A module for each kind of single input."""
