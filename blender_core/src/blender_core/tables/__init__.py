"""HDRTAB and HDRRULES, the tables in a product, both ways."""

__all__ = ["hdrrules", "hdrtab", "product_table", "recorded_inputs", "recorded_values"]
