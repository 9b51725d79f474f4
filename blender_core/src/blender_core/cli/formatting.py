"""Values and names as commands print them, and JSON."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

from blender_core.common.json_text import json_text
from blender_core.common.wording import preview

if TYPE_CHECKING:
    from collections.abc import Sequence

    from blender_core.common.provider import Provider

__all__ = ["list_some", "print_json", "provider_object", "truncate", "value_text"]


def truncate(text: str, longest: int) -> str:
    """Return the beginning of a text if it is long."""
    return text if len(text) <= longest else f"{text[: longest - 1]}…"


def value_text(value: Any) -> str:
    """Return a value as a cell of a table has it."""
    return "none" if value is None else preview(value)


def list_some(names: Sequence[str], most: int) -> str:
    """Return names with commas between, and how many more there are than so many."""
    more = f" and {len(names) - most} more" if len(names) > most else ""
    return f"{', '.join(names[:most])}{more}"


def print_json(content: Any) -> None:
    """Print something as JSON, in ASCII."""
    sys.stdout.write(f"{json_text(content)}\n")


def provider_object(provider: Provider) -> dict[str, str]:
    """Return what programs read of a provider."""
    return {
        "distribution": provider.distribution,
        "version": provider.version,
        "plugin": provider.plugin,
    }
