"""The fixtures for the authors of plugins are tested as others are."""

from blender_core.testing.fixtures import small_exposures  # noqa: F401
