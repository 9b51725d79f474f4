"""The bytes of FITS and ASDF, and files that are whole or not there."""
