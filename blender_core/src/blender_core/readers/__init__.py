"""A module for each kind of single input."""

__all__ = [
    "asdf",
    "datamodel",
    "fits",
    "header_values",
    "model_files",
    "plugin_schema",
    "plugin_source",
    "product_table",
    "reader",
]
