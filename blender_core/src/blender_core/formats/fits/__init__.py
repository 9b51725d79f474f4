"""The bytes of FITS: cards, headers, checksums, and HDUs."""

__all__ = [
    "asdf_extension",
    "card_faults",
    "card_images",
    "cards",
    "hdulist",
    "header_cards",
    "header_edit",
    "scan",
    "stored_table",
    "table_hdu",
]
