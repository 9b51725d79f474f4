"""The text of an ASDF tree, and what it has once it is parsed."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from blender_core.common.cached import cached_property
from blender_core.formats.asdf.limits import require_bounded

if TYPE_CHECKING:
    from collections.abc import Sequence

    from blender_core.formats.files.source_file import ReadFile

CHECKSUM: Final = "_fits_hash"
"""Where a tree has the checksum of the headers of its file."""

_END: Final = b"\n..."
_STANDARD: Final = re.compile(rb"#ASDF [^\n]*\n#ASDF_STANDARD (\d+)\.(\d+)")
_CHUNK: Final = 1 << 16
_LONGEST: Final = 1 << 28
_MOST_VALUES: Final = 5_000_000
"""Thousands of slits with a WCS each have fewer."""


class AsdfText:
    """The YAML text of a tree, as it is in a file."""

    beyond: Sequence[tuple[str, Any]] = ()
    """What else the tree has, by dotted path, once somebody has found it out by the text alone."""

    def __init__(self, raw: bytes) -> None:
        self.raw = raw

    def __getstate__(self) -> dict[str, Any]:
        return {"raw": self.raw}  # what it was parsed to need not be told, nor can all of it

    @classmethod
    def read(cls, file: ReadFile, size: int) -> AsdfText:
        """Read a tree from a file, without the arrays that follow it."""
        chunk = file.read(min(_CHUNK, size))
        # Nearly all end like this, and with nothing behind it.
        if chunk.endswith(_END + b"\n") and chunk.find(_END) + len(_END) + 1 == size:
            return cls(chunk)
        raw, searched = bytearray(), 0
        while chunk:
            raw += chunk
            while (end := raw.find(_END, searched)) >= 0:
                searched = end + len(_END)
                if len(raw) < searched + 2:
                    raw += file.read(min(2, size - len(raw)))
                # As asdf finds it: with nothing else in its line.
                if raw.startswith((b"\n", b"\r\n"), searched) or len(raw) == searched:
                    return cls(bytes(raw[:searched]) + b"\n")
            searched = max(searched, len(raw) - len(_END))
            if len(raw) > _LONGEST:
                msg = f"its ASDF tree has no end in its first {len(raw):,} bytes"
                raise ValueError(msg)
            chunk = file.read(min(_CHUNK, size - len(raw)))
        return cls(bytes(raw))

    def with_own_tree(self) -> AsdfText:
        """Return the same text with another tree, which may be changed."""
        other = AsdfText(self.raw)
        if "root" in vars(self):
            other.root = self.root  # what takes long
        return other

    @cached_property
    def checksum(self) -> str | None:
        """The checksum of the headers when the tree was written; None if there is none.

        To find it, the tree is parsed.
        """
        try:
            checksum = self.tree.get(CHECKSUM)
        except Exception:  # noqa: BLE001  # whoever reads the tree is told
            return None
        return checksum if type(checksum) is str else None

    @property
    def text(self) -> str:
        """The text itself."""
        return self.raw.decode()

    @cached_property
    def root(self) -> Any:
        """The root of the tree as it is in the text: a node of YAML, with what is below it."""
        from asdf.yamlutil import AsdfLoader

        if not self.raw.endswith(_END + b"\n"):
            msg = "it has no end"
            raise ValueError(msg)
        # Each value ends with one of these, and takes hundreds of bytes once it is parsed.
        if self.raw.count(b",") + self.raw.count(b"\n") > _MOST_VALUES:
            msg = f"it has more than {_MOST_VALUES:,} values"
            raise ValueError(msg)
        root = AsdfLoader(self.raw).get_single_node()
        if root is not None:
            require_bounded(root)
        return root

    @cached_property
    def tree(self) -> Any:
        """The tree, without arrays, and without what other packages make of its tags."""
        from asdf.yamlutil import AsdfLoader

        return None if self.root is None else AsdfLoader(b"").construct_document(self.root)


def array_tag(old: AsdfText | None) -> str:
    """Return the tag of arrays, which changes with the versions of the ASDF standard."""
    version = _STANDARD.match(old.raw) if old else None
    is_new = version is None or (int(version[1]), int(version[2])) >= (1, 6)
    return f"tag:stsci.edu:asdf/core/ndarray-{'1.1.0' if is_new else '1.0.0'}"
