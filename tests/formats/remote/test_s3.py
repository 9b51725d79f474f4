"""Inputs from a server of S3 on this machine."""

import logging

import pytest
from exposures_with_arrays import write_with_arrays

from blender_core import Remote, RemoteError, blendmodels
from blender_core.cli.inputs import given_inputs

moto = pytest.importorskip("moto.server", reason="moto, a server of S3, is not installed")

# The server takes seconds to be there.
pytestmark = pytest.mark.exhaustive

KEYS = {"key": "testing", "secret": "testing"}


@pytest.fixture(scope="module")
def exposures(invented_exposures, tmp_path_factory):
    return write_with_arrays(invented_exposures[:3], tmp_path_factory.mktemp("s3") / "arrays")


@pytest.fixture(scope="module")
def bucket(exposures):
    """Return the settings for a server that has the exposures in a bucket, and its log."""
    import s3fs

    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    server = moto.ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    options = {**KEYS, "endpoint_url": f"http://{host}:{port}"}
    files = s3fs.S3FileSystem(**options, skip_instance_cache=True)
    files.mkdir("bucket")
    for file in exposures:
        files.put_file(str(file), f"bucket/x/{file.name}")
    yield Remote(options=options)
    server.stop()


@pytest.fixture
def asked(monkeypatch):
    """Return what is asked of the server, a line for each request."""
    from werkzeug.serving import WSGIRequestHandler

    lines = []

    def log(handler, code="-", _size="-"):
        lines.append((handler.command, handler.path, handler.headers.get("Range"), int(code)))

    monkeypatch.setattr(WSGIRequestHandler, "log_request", log)
    return lines


def urls_of(exposures):
    return [f"s3://bucket/x/{file.name}" for file in exposures]


def test_all_is_as_from_the_files(bucket, exposures):
    result = blendmodels(None, urls_of(exposures), remote=bucket)
    other = blendmodels(None, exposures)
    assert result.values == other.values
    assert {k: list(v) for k, v in result.inputs.items()} == {
        k: list(v) for k, v in other.inputs.items()
    }


def test_what_is_fetched(bucket, exposures, asked):
    blendmodels(None, urls_of(exposures), remote=bucket)
    first, *others = [[each for each in asked if file.name in each[1]] for file in exposures]
    assert len(first) <= 5
    assert all(len(requests) == 2 for requests in others)
    assert all(command == "GET" for requests in others for command, *_ in requests)


def test_a_file_shorter_than_the_one_before(bucket, exposures, invented_exposures):
    import s3fs

    files = s3fs.S3FileSystem(**bucket.options)
    files.put_file(str(invented_exposures[5]), "bucket/x/short_cal.fits")
    urls = urls_of(exposures)
    result = blendmodels(None, [*urls, "s3://bucket/x/short_cal.fits", *urls], remote=bucket)
    files_here = [*exposures, invented_exposures[5], *exposures]
    assert result.values == blendmodels(None, files_here).values


def test_downloads(bucket, exposures):
    settings = Remote(options=bucket.options, download=True)
    result = blendmodels(None, urls_of(exposures), remote=settings)
    assert result.values == blendmodels(None, exposures).values


@pytest.mark.parametrize("url", ["s3://bucket/x/none.fits", "s3://nobucket/a.fits"])
def test_what_is_not_there(bucket, url):
    with pytest.raises(RemoteError, match=f"input 1 .{url}. cannot be read: there is no such file"):
        blendmodels(None, [url], remote=bucket)


def test_patterns(bucket, exposures):
    from blender_core.formats.remote.remote_files import RemoteFiles

    inputs = given_inputs(["s3://bucket/x/jw*.fits"], remote=RemoteFiles(bucket))
    assert [each.url for each in inputs] == urls_of(exposures)
