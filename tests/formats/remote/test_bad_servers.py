"""Web servers that do not do as they should: what an input's error says, and what is tried again."""

import gzip
import socket
import threading
import time

import numpy as np
import pytest
from astropy.io import fits
from thoroughness import all_but_exhaustive
from web_server import WebServer, with_ranges, without_ranges

from blender_core import BlendErrorGroup, Remote, RemoteError, blendmodels

START = "meta.exposure.start_time"
QUICK = Remote(timeout=5)


@pytest.fixture(scope="module")
def file(invented_exposures):
    return invented_exposures[0]


@pytest.fixture
def server(file):
    with WebServer(file.parent) as server:
        yield server


@pytest.fixture
def refused(server, file):
    """Return a function that gives the error of a blend from a server that behaves in some way."""

    def blend(behave, remote=QUICK):
        server.behave = behave
        with pytest.raises(RemoteError) as caught:
            blendmodels(None, [server.url(file.name)], remote=remote)
        assert str(caught.value).startswith(f"input 1 ({server.url(file.name)}) cannot be read: ")
        assert caught.value.url == server.url(file.name)
        return caught.value

    return blend


@pytest.fixture(scope="module")
def values(file):
    return blendmodels(None, [file]).values


@pytest.fixture
def blended(server, file, values):
    """Return a function that tells that a blend from a server comes out, whatever it does."""

    def blend(behave, remote=QUICK):
        server.behave = behave
        result = blendmodels(None, [server.url(file.name)], remote=remote)
        assert result.values == values

    return blend


class TestWithoutRanges:
    def test_an_error_says_so(self, refused, server):
        error = refused(without_ranges)
        assert "its server does not give parts of a file: to fetch whole files, pass" in str(error)
        assert error.remedies[0].value == Remote(download=True)
        assert len(server.requests) == 1

    def test_a_large_file_is_not_read_to_its_end(self, refused, server):
        def endless(exchange):
            exchange.head(200, 1 << 40)
            for _ in range(1000):
                exchange.body(bytes(1 << 20))

        started = time.monotonic()
        refused(endless)
        assert time.monotonic() - started < 30
        assert server.requests[0].sent < 100 << 20

    def test_they_are_downloaded_where_that_is_asked_for(self, blended, server):
        blended(without_ranges, Remote(download=True))
        assert len(server.requests) == 1

    def test_one_that_gives_all_of_a_short_file(self, blended):
        """As Apache does where a range covers it; it says that there are ranges."""
        blended(lambda exchange: exchange.whole(Accept_Ranges="bytes"))


class TestPassingFaults:
    @pytest.mark.parametrize("status", all_but_exhaustive([429, 500, 502, 503, 504], quick=[503]))
    def test_a_busy_server_is_asked_again(self, blended, status):
        def busy(exchange):
            exchange.part() if exchange.number else exchange.status(status, Retry_After="0")

        blended(busy)

    def test_it_is_given_the_time_that_it_asks_for(self, blended):
        times = []

        def busy(exchange):
            times.append(time.monotonic())
            exchange.part() if exchange.number else exchange.status(503, Retry_After="1")

        blended(busy)
        assert times[1] - times[0] >= 1

    @pytest.mark.parametrize("break_off", ["break_off", "hang_up"])
    def test_a_broken_connection(self, blended, break_off):
        def broken(exchange):
            exchange.part() if exchange.number else getattr(exchange, break_off)()

        blended(broken)

    def test_in_a_download(self, blended):
        def broken(exchange):
            if exchange.number:
                exchange.whole()
            else:
                exchange.head(200, len(exchange.content))
                exchange.body(exchange.content[:1000])
                exchange.hang_up()

        blended(broken, Remote(download=True))

    def test_no_answer(self, blended):
        def slow(exchange):
            if not exchange.number:
                time.sleep(2)
            exchange.part()

        blended(slow, Remote(timeout=0.5))

    @pytest.mark.parametrize("status", [401, 403, 404, 410, 451])
    def test_others_are_told_at_once(self, refused, server, status):
        error = refused(lambda exchange: exchange.status(status))
        assert (error.status, len(server.requests)) == (status, 1)
        assert str(status) in str(error)

    def test_credentials_are_spoken_of_where_they_lack(self, refused):
        assert "Credentials are" in str(refused(lambda exchange: exchange.status(403)))
        assert "Credentials" not in str(refused(lambda exchange: exchange.status(404)))


class TestFaultsThatStay:
    def test_broken_off_each_time(self, refused, server):
        error = refused(lambda exchange: exchange.break_off(), Remote(retries=2))
        assert len(server.requests) == 3
        assert "Payload" in str(error) or "bytes came of the" in str(error)

    def test_busy_each_time(self, refused, server):
        error = refused(lambda exchange: exchange.status(503), Remote(retries=1))
        assert (error.status, len(server.requests)) == (503, 2)

    def test_never_an_answer(self, refused, server):
        server.delay = 2
        error = refused(with_ranges, Remote(timeout=0.3, retries=1))
        assert "there was no answer in 0.3 s" in str(error)

    @pytest.mark.parametrize("begins", [False, True])
    def test_a_download_that_stands_still(self, refused, begins):
        is_over = threading.Event()

        def stands_still(exchange):
            if begins:
                exchange.head(200, len(exchange.content))
                exchange.body(exchange.content[:1000])
                exchange.handler.wfile.flush()
            is_over.wait(60)

        started = time.monotonic()
        error = refused(stands_still, Remote(download=True, timeout=0.5, retries=0))
        is_over.set()
        assert "there was no answer in 0.5 s" in str(error)
        assert time.monotonic() - started < 30

    def test_a_drop_at_a_time(self, refused):
        """The whole of a request has its time, not each byte of it."""

        def dripping(exchange):
            start, end = exchange.wanted
            exchange.head(
                206, end - start, Content_Range=f"bytes {start}-{end - 1}/{len(exchange.content)}"
            )
            for _ in range(100):
                exchange.body(b"x")
                exchange.handler.wfile.flush()
                time.sleep(0.05)

        error = refused(dripping, Remote(timeout=0.5, retries=0))
        assert "there was no answer in 0.5 s" in str(error)

    def test_nobody_there(self):
        with socket.socket() as unused:
            unused.bind(("127.0.0.1", 0))
            port = unused.getsockname()[1]
        with pytest.raises(RemoteError, match=r"input 1 .* cannot be read: ClientConnectorError"):
            blendmodels(None, [f"http://127.0.0.1:{port}/a.fits"], remote=Remote(retries=0))

    def test_no_such_host(self):
        with pytest.raises(RemoteError, match="input 1"):
            blendmodels(None, ["http://nowhere.invalid/a.fits"], remote=Remote(retries=0))

    def test_no_url(self):
        with pytest.raises(RemoteError, match="input 1"):
            blendmodels(None, ["http://"], remote=Remote(retries=0))


class TestLies:
    @pytest.mark.parametrize(
        "said",
        [
            "",
            "nonsense",
            "bytes 0-99",
            "bytes 5-99/{n}",
            "bytes 0-99/50",
            "bytes 0-0/{n}",
            "bytes 9-0/{n}",
            "bytes 0-99999999999999999999/{n}",
            "bytes 0-{last}/*",
            "bytes */{n}",
            "items 0-{last}/{n}",
        ],
    )
    def test_of_the_range(self, refused, said):
        def lying(exchange):
            n = len(exchange.content)
            last = min(exchange.wanted[1], n) - 1
            exchange.part(content_range=said.format(n=n, last=last) or "-")

        assert "bytes 0-65535 were asked for, and its server says that" in str(refused(lying))

    def test_more_comes_than_it_says(self, refused):
        def lying(exchange):
            start, end = exchange.wanted
            exchange.part(data=exchange.content[start:end] + b"more")

        assert "more than the" in str(refused(lying))

    def test_less_comes_than_it_says(self, refused):
        def lying(exchange):
            start, end = exchange.wanted
            exchange.part(data=exchange.content[start : end - 10])

        assert "that its server says" in str(refused(lying, Remote(retries=0)))

    def test_of_the_length_of_the_file(self, refused):
        def lying(exchange):
            start, end = exchange.wanted
            exchange.part(content_range=f"bytes {start}-{end - 1}/{1 << 30}")

        error = refused(lying, Remote(retries=0))
        assert "no bytes at" in str(error) or "were asked for" in str(error)

    def test_the_file_is_replaced_meanwhile(self, tmp_path):
        (tmp_path / "a_cal.fits").write_bytes(bytes(300_000))
        with (
            WebServer(
                tmp_path, lambda exchange: exchange.part(ETag=f'"{exchange.number}"')
            ) as other,
            pytest.raises(RemoteError, match="changed or replaced while it was read"),
        ):
            blendmodels(None, [other.url("a_cal.fits")], remote=QUICK)

    def test_another_status_in_words_of_its_own(self, refused):
        error = refused(lambda exchange: exchange.head(299, 0))
        assert "299" in str(error)

    def test_content_that_is_packed_on_the_way(self, server, blended):
        blended(with_ranges)
        assert all(asked.headers.get("Accept-Encoding") == "identity" for asked in server.requests)

    @pytest.mark.parametrize("encoding", ["gzip", "x-gzip"])
    @pytest.mark.parametrize("is_whole", [False, True])
    def test_packed_files_that_a_server_calls_encoded(
        self, file, values, tmp_path, encoding, is_whole
    ):
        """As Apache and buckets do: parts are asked for of what is there, which is packed."""
        (tmp_path / "a_cal.fits.gz").write_bytes(gzip.compress(file.read_bytes()))

        def encoded(exchange):
            answer = exchange.whole if is_whole else exchange.part
            answer(Content_Encoding=encoding)

        with WebServer(tmp_path, encoded) as other:
            remote = Remote(timeout=5, download=is_whole)
            result = blendmodels(None, [other.url("a_cal.fits.gz")], remote=remote)
        assert result.values == {**values, "meta.filename": "a_cal.fits.gz"}

    def test_parts_that_are_packed_each(self, refused):
        """Nobody can tell then which places of the file came."""

        def packed(exchange):
            start, end = exchange.wanted
            data = gzip.compress(exchange.content[start:end])
            exchange.part(data=data, Content_Encoding="gzip")

        assert "bytes came of the" in str(refused(packed, Remote(timeout=5, retries=0)))


class TestRedirections:
    def test_to_another_place(self, server, file):
        def elsewhere(exchange):
            if "old" in exchange.asked.path:
                exchange.status(302, Location=server.url(file.name))
            else:
                exchange.part()

        server.behave = elsewhere
        result = blendmodels(None, [server.url("old.fits")])
        assert result.values[START] == blendmodels(None, [file]).values[START]

    def test_without_an_end(self, refused, server, file):
        error = refused(lambda exchange: exchange.status(302, Location=server.url(file.name)))
        assert "without an end" in str(error)

    def test_to_a_file_of_this_machine(self, refused, file):
        refused(lambda exchange: exchange.status(302, Location=file.as_uri()))


class TestLimits:
    def test_of_what_one_input_may_fetch(self, tmp_path):
        noise = np.random.default_rng(1).integers(0, 256, 3 << 20, np.uint8)
        image = fits.ImageHDU(noise)
        fits.HDUList([fits.PrimaryHDU(), image, image]).writeto(tmp_path / "a.fits.gz")
        with WebServer(tmp_path) as server:
            with pytest.raises(
                RemoteError, match="more than 1,000,000 bytes would have to be"
            ) as e:
                blendmodels(None, [server.url("a.fits.gz")], remote=Remote(most_bytes=1_000_000))
            assert sum(asked.sent for asked in server.requests) <= 1_000_000
        settings = [remedy.value for remedy in e.value.remedies]
        assert settings == [Remote(most_bytes=2_000_000), Remote(download=True)]

    @pytest.mark.parametrize(
        "settings",
        [
            {"concurrent": 0}, {"concurrent": 1.5}, {"concurrent": True}, {"retries": -1},
            {"most_bytes": 0}, {"timeout": 0}, {"timeout": float("inf")}, {"timeout": "1"},
        ],
    )  # fmt: skip
    def test_that_are_none(self, settings):
        (name,) = settings
        with pytest.raises(ValueError, match=f"{name} of Remote is"):
            Remote(**settings)

    def test_options_that_are_none(self):
        with pytest.raises(TypeError, match="options of Remote is a mapping"):
            Remote(options=[("key", "hunter2")])


def test_nothing_is_left_behind(server, file, tmp_path, monkeypatch):
    """Neither temporary files nor threads, whatever happens."""
    import tempfile

    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    urls = [server.url(file.name), server.url("none.fits"), server.url(file.name)] * 3
    before = set(threading.enumerate())
    for _ in range(2):
        with pytest.raises(BlendErrorGroup):
            blendmodels(None, urls, remote=Remote(download=True, concurrent=4))
    blendmodels(None, urls[:1], remote=Remote(download=True))
    assert list(tmp_path.iterdir()) == []
    left = {thread.name for thread in threading.enumerate() if thread not in before}
    assert left <= {"fsspecIO"} or all("process_request" in name for name in left - {"fsspecIO"})


def test_an_interruption_ends_the_blend(file):
    """Who is waiting for a server is not kept waiting."""
    import signal

    with WebServer(file.parent, delay=20) as server:
        timer = threading.Timer(
            0.5, lambda: signal.pthread_kill(threading.main_thread().ident, signal.SIGINT)
        )
        timer.start()
        started = time.monotonic()
        with pytest.raises(KeyboardInterrupt):
            blendmodels(None, [server.url(file.name)] * 3)
        assert time.monotonic() - started < 10
