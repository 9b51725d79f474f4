"""The bytes of FITS: cards, headers, checksums, and HDUs."""
