"""What programs read of a command."""

from __future__ import annotations

import json
import math
import sys
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from blender_core.common.provider import Provider

__all__ = ["print_json", "provider_object"]


def print_json(content: Any) -> None:
    """Print something as JSON, in ASCII."""
    text = json.dumps(_plain(content), indent=2, allow_nan=False, default=str)
    sys.stdout.write(f"{text}\n")


def provider_object(provider: Provider) -> dict[str, str]:
    """Return what programs read of a provider."""
    return {
        "distribution": provider.distribution,
        "version": provider.version,
        "plugin": provider.plugin,
    }


def _plain(content: Any) -> Any:
    if isinstance(content, float) and not math.isfinite(content):
        return json.dumps(content)
    if isinstance(content, dict):
        return {str(key): _plain(value) for key, value in content.items()}
    if isinstance(content, (list, tuple)):
        return [_plain(value) for value in content]
    return content
