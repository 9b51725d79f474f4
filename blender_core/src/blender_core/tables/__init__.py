"""HDRTAB and HDRRULES, the tables in a product, both ways."""
