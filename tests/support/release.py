"""The version that is installed, as its distribution says it."""

from importlib.metadata import version

VERSION = version("blender-core")
