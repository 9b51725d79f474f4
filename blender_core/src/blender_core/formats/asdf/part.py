"""One part of an ASDF file as a file of its own: nothing else of it has to be understood."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, BinaryIO

from blender_core.formats.asdf.blocks import (
    TruncatedAsdfError,
    blocks_in,
    names_last,
    renumbered,
    sources_in,
)
from blender_core.formats.asdf.tree_edit import alone, node_at
from blender_core.formats.asdf.tree_text import AsdfText

if TYPE_CHECKING:
    from collections.abc import Iterator

    from blender_core.formats.asdf.blocks import Block


def part_of(file: BinaryIO, name: str) -> BinaryIO | None:
    """Return an ASDF file that has one value at the top of a tree, and its arrays.

    None if the tree does not have it.
    """
    length = file.seek(0, 2)
    file.seek(0)
    text = AsdfText.read(file, length)
    node = node_at(text.root, name)
    if node is None:
        return None
    if names_last(node):
        msg = "it is a stream"
        raise ValueError(msg)
    numbers = sorted(set(sources_in(node)))
    blocks = list(blocks_in(file, len(text.raw), length))
    if numbers and numbers[-1] >= len(blocks):
        msg = f"it names block {numbers[-1] + 1:,} of {len(blocks):,}"
        raise TruncatedAsdfError(msg)
    renumbered(node, {number: place for place, number in enumerate(numbers)})
    tree = alone(text.text, name, node).encode()
    return io.BytesIO(b"".join([tree, *_contents(file, [blocks[number] for number in numbers])]))


def _contents(file: BinaryIO, blocks: list[Block]) -> Iterator[bytes]:
    for block in blocks:
        file.seek(block.start)
        yield file.read(-1 if block.length is None else block.length)
