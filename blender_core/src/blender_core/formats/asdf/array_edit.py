"""Put arrays into an ASDF file, in the place of others or behind them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, BinaryIO, Final

import numpy as np

from blender_core.formats.asdf.blocks import block_of, blocks_in, names_last, sources_in
from blender_core.formats.files.byte_ranges import ByteRange, Part, PatchError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

_EMPTY: Final = np.empty(0, np.uint8)


class ArrayEdit:
    """The blocks of a file, some of which are to have other arrays.

    Its tree, of which `root` is the root, ends at `start`. The blocks that only the `replaced`
    nodes of it refer to are needed no more. `tag` is that of arrays.
    """

    def __init__(
        self,
        file: BinaryIO,
        start: int,
        length: int,
        root: Any,
        replaced: Sequence[Any],
        tag: str,
    ) -> None:
        self.parts: list[Part] = []
        """All blocks in their order."""
        self._tag = tag
        is_last = names_last(root)
        for block in blocks_in(file, start, length):
            if block.length is None or is_last:
                msg = "its last array is a stream, behind which nothing can be put"
                raise PatchError(msg)
            self.parts.append(ByteRange(block.start, block.length))
        freed = {source for node in replaced for source in sources_in(node)}
        self._free = sorted(freed.difference(sources_in(root, replaced)), reverse=True)
        for number in self._free:
            self.parts[number] = block_of(_EMPTY)

    def put(self, value: Any) -> Any:
        """Return a value of a tree in which what was an array refers to a block that has it."""
        from asdf.tagged import Tagged, TaggedDict, TaggedList

        if isinstance(value, np.ndarray):
            return self._node(value)
        new: Any = value
        if isinstance(value, dict):
            new = {name: self.put(below) for name, below in value.items()}
        elif isinstance(value, list):
            new = [self.put(below) for below in value]
        if new is not value and isinstance(value, Tagged):
            tagged = TaggedDict if isinstance(new, dict) else TaggedList
            return tagged(new, value._tag)  # noqa: SLF001  # nothing else tells
        return new

    def _node(self, array: NDArray[Any]) -> Any:
        from asdf.tagged import TaggedDict
        from asdf.tags.core.ndarray import numpy_dtype_to_asdf_datatype

        data = np.ma.getdata(array)
        datatype, byteorder = numpy_dtype_to_asdf_datatype(data.dtype)
        node = {
            "source": self._number(data),
            "datatype": datatype,
            "byteorder": byteorder,
            "shape": list(data.shape),
        }
        if isinstance(array, np.ma.MaskedArray):
            node["mask"] = self._node(np.ma.getmaskarray(array))
        return TaggedDict(node, self._tag)

    def _number(self, data: NDArray[Any]) -> int:
        block = block_of(data)
        if not self._free:
            self.parts.append(block)
            return len(self.parts) - 1
        number = self._free.pop()
        self.parts[number] = block
        return number
