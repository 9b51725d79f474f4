"""The bytes of a file that have been fetched, here and there."""

from __future__ import annotations

from bisect import insort
from operator import itemgetter


class Spans:
    """Bytes at places of a file."""

    def __init__(self) -> None:
        self._spans: list[tuple[int, bytes]] = []

    def add(self, start: int, data: bytes) -> None:
        """Keep the bytes at a place."""
        if data:
            insort(self._spans, (start, data), key=itemgetter(0))

    def gaps(self, start: int, end: int) -> list[tuple[int, int]]:
        """Return what of a range is not here."""
        gaps = []
        for span_start, data in self._spans:
            if span_start >= end:
                break
            if start < span_start:
                gaps.append((start, span_start))
            start = max(start, span_start + len(data))
        return [*gaps, (start, end)] if start < end else gaps

    def read(self, start: int, end: int) -> bytes:
        """Return a range that is here."""
        parts = []
        for span_start, data in self._spans:
            if span_start <= start < span_start + len(data):
                part = data[start - span_start : end - span_start]
                parts.append(part)
                start += len(part)
        return b"".join(parts)

    def last(self, length: int) -> bytes:
        """Return what a file of a length ends with, as far as it is here in one piece."""
        if not self._spans:
            return b""
        start, data = self._spans[-1]
        return data if start + len(data) == length else b""
