"""What the demo does: invent exposures, combine their pixels, and tell of the blend."""
