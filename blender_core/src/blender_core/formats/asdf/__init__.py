"""The bytes of ASDF: the tree as text, its limits, and changes of it."""

__all__ = [
    "array_edit",
    "blocks",
    "limits",
    "part",
    "plain_tree",
    "scalars",
    "skeleton",
    "tree_edit",
    "tree_text",
]
