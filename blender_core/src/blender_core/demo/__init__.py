"""The exposures of the demonstration: their metadata are in exposures.toml."""

__all__ = ["exposures"]
