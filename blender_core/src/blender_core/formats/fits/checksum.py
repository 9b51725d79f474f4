"""The checksums of HDUs, as appendix J of the FITS standard defines them."""

from __future__ import annotations

from typing import Final

import numpy as np

__all__ = ["ALL_ONES", "added", "as_text", "sum_of"]

ALL_ONES: Final = 0xFFFFFFFF
"""The sum of an HDU whose checksum is right."""

_PUNCTUATION: Final = frozenset(b":;<=>?@[\\]^_`")


def sum_of(data: bytes, before: int = 0) -> int:
    """Return the ones' complement sum of 32-bit words."""
    words = len(data) // 4
    total = int(np.frombuffer(data, ">u4", words).sum(dtype=np.uint64))
    rest = int.from_bytes(data[4 * words :].ljust(4, b"\0"), "big")
    return added(total + rest, before)


def added(one: int, other: int) -> int:
    """Return the ones' complement sum of two sums."""
    total = one + other
    while total > ALL_ONES:
        total = (total & ALL_ONES) + (total >> 32)
    return total


def as_text(value: int) -> bytes:
    """Return the sixteen letters and digits that stand for a sum in the card CHECKSUM."""
    letters = bytearray(16)
    for i, byte in enumerate(value.to_bytes(4, "big")):
        quarter, rest = divmod(byte, 4)
        four = [quarter + rest + ord("0"), *[quarter + ord("0")] * 3]
        while not _PUNCTUATION.isdisjoint(four):
            for j in (0, 2):
                if not _PUNCTUATION.isdisjoint(four[j : j + 2]):
                    four[j] += 1
                    four[j + 1] -= 1
        letters[i::4] = bytes(four)
    # The text begins at the last byte of a word.
    return bytes(letters[-1:] + letters[:-1])
