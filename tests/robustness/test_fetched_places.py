"""Files by URL, whatever is read of them and whatever the server does: the bytes or an error.

REMOTE_READS tells how many files are tried.
"""

import os
import random
import struct

import pytest
from astropy.io import fits
from exposures_with_arrays import write_with_arrays
from web_server import WebServer

from blender_core import BlenderError, Remote, RemoteError, blendmodels
from blender_core.formats.remote.remote_files import RemoteFiles

N_TRIED = int(os.environ.get("REMOTE_READS", "6"))


def test_any_place_of_any_file(tmp_path):
    """What is read is what is in the file, whichever files were read before."""
    rng = random.Random(3)  # noqa: S311
    with WebServer(tmp_path) as server:
        remote = RemoteFiles(Remote())
        for number in range(N_TRIED):
            length = rng.choice([0, 1, 2879, 65536, 65537, rng.randrange(400_000)])
            content = rng.randbytes(length)
            (tmp_path / f"{number}.bin").write_bytes(content)
            url = server.url(f"{number}.bin")
            with remote.lent(url):
                file = remote.file(url, "the file")
                assert file.length == length
                with file.open() as stream:
                    for _ in range(rng.randrange(12)):
                        start = rng.randrange(length + 100)
                        size = rng.choice([0, 1, 2880, rng.randrange(100_000), -1])
                        stream.seek(start)
                        expected = content[start:] if size < 0 else content[start : start + size]
                        assert stream.read(size) == expected
                        assert stream.tell() == start + len(expected)
                    stream.seek(0)
                    parts = iter(lambda stream=stream: stream.read(20_000), b"")
                    assert b"".join(parts) == content


@pytest.fixture(scope="module")
def exposures(invented_exposures, tmp_path_factory):
    folder = tmp_path_factory.mktemp("whole") / "arrays"
    return write_with_arrays(invented_exposures[:3], folder, size=130)


@pytest.mark.exhaustive
def test_damaged_files_are_read_as_from_the_disk(exposures, tmp_path):
    """After good ones, which they may be taken to be like: the same values, or an error as well."""
    rng = random.Random(4)  # noqa: S311
    good = exposures[0].read_bytes()
    starts = [hdu[0] for hdu in places_of(exposures[0])]
    outcomes = set()
    with WebServer(tmp_path) as server:
        for number in range(N_TRIED):
            name = f"{number}_cal.fits"
            (tmp_path / name).write_bytes(damaged(good, starts, rng))
            urls = [server.url(f"{number}_first.fits"), server.url(name)]
            (tmp_path / f"{number}_first.fits").write_bytes(good)
            remote = Remote(every_header=True)
            here = outcome_of([tmp_path / f"{number}_first.fits", tmp_path / name])
            assert outcome_of(urls, remote=remote) == here, number
            outcomes.add(type(here))
    assert outcomes == {list, str}


def damaged(content, starts, rng):
    """Return a file that was cut, or has other bytes in a header or in its tree."""
    kind = rng.randrange(4)
    if kind == 0:
        return content[: rng.randrange(len(content))]
    changed = bytearray(content)
    place = rng.choice(starts)
    if kind == 1:
        place = starts[-1] + 2880
    for _ in range(rng.randrange(1, 4)):
        at = place + rng.randrange(2880)
        if at < len(changed):
            changed[at] = rng.choice(b"0123456789 ABCXYZ'/=")
    if kind == 3:
        changed += struct.pack(">I", rng.randrange(1 << 31)) * rng.randrange(1500)
    return bytes(changed)


def places_of(path):
    with fits.open(path) as hdulist:
        return [(hdu.fileinfo()["hdrLoc"], hdu.fileinfo()["datLoc"]) for hdu in hdulist]


def outcome_of(inputs, **settings):
    """Return what came out: the values, or of an error that there was one."""
    import warnings

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            result = blendmodels(None, inputs, **settings)
    except BlenderError as error:
        return type(error).__name__
    return [
        (path, repr(list(values)))
        for path, values in result.inputs.items()
        if path != "meta.filename"
    ]


def test_a_server_that_does_anything(exposures):
    """A blend ends, with the values that are right, or with an error that names the input."""
    rng = random.Random(5)  # noqa: S311
    expected = blendmodels(None, exposures).values
    outcomes = []

    def anything(exchange):
        if exchange.content is None or exchange.asked.range is None or rng.random() < 0.6:
            exchange.part()
            return
        start, end = exchange.wanted
        if start >= end:
            exchange.part()
            return
        part, n = exchange.content[start:end], len(exchange.content)
        rng.choice(
            [
                exchange.break_off,
                exchange.hang_up,
                lambda: exchange.status(rng.choice([404, 429, 500, 503, 418, 206, 200])),
                lambda: exchange.part(data=part[: rng.randrange(len(part) + 1)]),
                lambda: exchange.part(content_range=f"bytes {start}-{end - 1}/{n + 2880}"),
                lambda: exchange.part(content_range=f"bytes {start + 1}-{end}/{n}"),
                lambda: exchange.part(content_range="bytes 0-0/1"),
                lambda: exchange.whole(),
                lambda: exchange.part(ETag=str(rng.random())),
                lambda: exchange.part(Content_Encoding="gzip"),
            ]
        )()

    with WebServer(exposures[0].parent, anything) as server:
        urls = [server.url(file.name) for file in exposures]
        for _ in range(N_TRIED):
            try:
                result = blendmodels(None, urls, remote=Remote(timeout=2, retries=1))
            except BlenderError as error:
                faults = getattr(error, "exceptions", [error])
                assert all(isinstance(fault, RemoteError) for fault in faults)
                assert all("input " in str(fault) for fault in faults)
                outcomes.append("error")
            else:
                assert result.values == expected
                outcomes.append("values")
    assert {"error", "values"} == set(outcomes)
