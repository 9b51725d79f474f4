"""Writers: how a product gets to a file, as a whole or not at all."""
