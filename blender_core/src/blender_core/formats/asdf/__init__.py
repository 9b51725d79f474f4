"""The bytes of ASDF: the tree as text, its limits, and changes of it."""

__all__ = [
    "blocks",
    "external_arrays",
    "limits",
    "plain_tree",
    "scalars",
    "skeleton",
    "tree_edit",
    "tree_text",
]
