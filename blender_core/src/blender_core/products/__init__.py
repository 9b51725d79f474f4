"""Products, in memory or in files: changed, written as a whole or not at all, read again."""

__all__ = [
    "base",
    "cell_changes",
    "datamodel",
    "diff",
    "earlier_blend",
    "explained",
    "file_product",
    "later_values",
    "open_product",
    "plain_asdf",
    "plain_fits",
    "plugin_product",
    "product",
    "product_file",
    "saving",
    "swapped",
]
