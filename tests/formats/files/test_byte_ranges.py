"""A file that is put together of new bytes and of ranges of an old one."""

import io

from blender_core.formats.files.byte_ranges import ByteRange, blocks_of


def test_parts_are_put_together():
    parts = [b"new", ByteRange(2, 3), b"", ByteRange(0, 0), ByteRange(7, 2)]
    assert b"".join(blocks_of(parts, io.BytesIO(b"0123456789"))) == b"new23478"


def test_padding_that_lacks_at_the_end_is_zeros():
    assert b"".join(blocks_of([ByteRange(8, 5)], io.BytesIO(b"0123456789"))) == b"89\0\0\0"
    assert b"".join(blocks_of([ByteRange(12, 2)], io.BytesIO(b"0123456789"))) == b"\0\0"


def test_large_ranges_are_given_block_by_block():
    old = bytes(range(256)) * 20_000
    blocks = list(blocks_of([ByteRange(3, len(old) - 3)], io.BytesIO(old)))
    assert b"".join(blocks) == old[3:]
    assert max(map(len, blocks)) <= 1 << 20
