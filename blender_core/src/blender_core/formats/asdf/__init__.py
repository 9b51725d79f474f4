"""The bytes of ASDF: the tree as text, its limits, and changes of it."""
