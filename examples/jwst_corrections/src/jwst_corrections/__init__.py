"""Overrides that mend what users of JWST's combined products have complained of."""
