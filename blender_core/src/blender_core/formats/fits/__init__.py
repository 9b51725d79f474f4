"""The bytes of FITS: cards, headers, checksums, and HDUs."""

__all__ = ["asdf_extension", "cards", "hdulist", "header_cards", "header_edit", "scan", "table_hdu"]
