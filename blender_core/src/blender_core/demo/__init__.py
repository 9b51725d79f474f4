"""The exposures of the demonstration: their metadata are in exposures.toml."""
