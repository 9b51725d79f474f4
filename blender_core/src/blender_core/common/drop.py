"""TODO."""

from __future__ import annotations

import enum
from typing import Final

__all__ = ["DROP", "Drop"]


class Drop(enum.Enum):
    """The type of :data:`DROP`."""

    DROP = "DROP"

    def __repr__(self) -> str:
        return self.value


DROP: Final = Drop.DROP
"""What a rule returns when the product should not have the attribute at all."""
