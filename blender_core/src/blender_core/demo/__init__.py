"""The exposures of the demonstration."""
