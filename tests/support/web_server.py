"""A web server on this machine that gives the files of a folder, well or badly.

How it behaves is a function of the exchange, which it answers by one of the exchange's methods; what
it was asked is kept.
"""

import contextlib
import re
import threading
import time
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import unquote, urlsplit

RANGE = re.compile(r"bytes=(\d+)-(\d*)")


@dataclass
class Asked:
    """One request, and how many bytes of the file went out for it."""

    method: str
    path: str
    range: tuple[int, int] | None
    headers: dict
    sent: int = 0


class Content:
    """The bytes of a file, of which those are read that are wanted."""

    def __init__(self, file):
        self._file = file

    def __len__(self):
        return self._file.stat().st_size

    def __getitem__(self, part):
        start, stop, _ = part.indices(len(self))
        with self._file.open("rb") as file:
            file.seek(start)
            return file.read(stop - start)


@dataclass
class Exchange:
    """One request that is being answered."""

    handler: BaseHTTPRequestHandler
    asked: Asked
    content: bytes | None
    number: int
    """How many requests there were before of the same path."""

    @property
    def wanted(self):
        """Where the range begins and ends, within the file."""
        start, end = self.asked.range
        return start, min(end, len(self.content))

    def head(self, status, length, **headers):
        self.handler.send_response(status)
        self.handler.send_header("Content-Length", str(length))
        for name, value in headers.items():
            self.handler.send_header(name.replace("_", "-"), value)
        self.handler.end_headers()

    def body(self, data):
        if self.asked.method != "HEAD":
            self.asked.sent += len(data)
            self.handler.wfile.write(data)

    def status(self, number, **headers):
        self.head(number, 0, **headers)

    def whole(self, **headers):
        self.head(200, len(self.content), **headers)
        self.body(self.content[:])

    def part(self, content_range=None, data=None, length=None, **headers):
        if self.content is None:
            self.status(404)
        elif self.asked.range is None:
            self.whole(Accept_Ranges="bytes")
        elif self.asked.range[0] >= len(self.content):
            self.status(416, Content_Range=f"bytes */{len(self.content)}")
        else:
            start, end = self.wanted
            data = self.content[start:end] if data is None else data
            said = content_range or f"bytes {start}-{end - 1}/{len(self.content)}"
            self.head(206, len(data) if length is None else length, Content_Range=said, **headers)
            self.body(data)

    def break_off(self):
        """Say that all comes, give half of it, and hang up."""
        start, end = self.wanted
        said = f"bytes {start}-{end - 1}/{len(self.content)}"
        self.head(206, end - start, Content_Range=said)
        self.body(self.content[start : (start + end) // 2])
        self.handler.wfile.flush()
        self.hang_up()

    def hang_up(self):
        self.handler.close_connection = True
        with contextlib.suppress(OSError):
            self.handler.connection.shutdown(2)


def with_ranges(exchange):
    exchange.part()


def without_ranges(exchange):
    if exchange.content is None:
        exchange.status(404)
    else:
        exchange.whole()


@dataclass
class WebServer:
    folder: Path
    behave: object = with_ranges
    delay: float = 0.0
    requests: list = field(default_factory=list)

    def __enter__(self):
        self._lock = threading.Lock()
        self._n_of_path = {}
        served = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self):
                served.answer(self)

            def do_HEAD(self):
                served.answer(self)

            def log_message(self, *args):
                pass

        class Server(ThreadingHTTPServer):
            daemon_threads = True
            request_queue_size = 64

            def handle_error(self, *args):
                pass

        self._server = Server(("127.0.0.1", 0), Handler)
        self._thread = threading.Thread(
            target=self._server.serve_forever, args=(0.05,), daemon=True
        )
        self._thread.start()
        return self

    def __exit__(self, *error):
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    @property
    def host(self):
        return f"127.0.0.1:{self._server.server_port}"

    def url(self, name=""):
        return f"http://{self.host}/{name}"

    def answer(self, handler):
        path = unquote(urlsplit(handler.path).path).lstrip("/")
        match = RANGE.fullmatch(handler.headers.get("Range", ""))
        asked = Asked(
            handler.command,
            handler.path,
            match and (int(match[1]), int(match[2]) + 1 if match[2] else 1 << 62),
            dict(handler.headers),
        )
        with self._lock:
            self.requests.append(asked)
            number = self._n_of_path.get(path, 0)
            self._n_of_path[path] = number + 1
        if self.delay:
            time.sleep(self.delay)
        file = self.folder / path
        content = Content(file) if file.is_file() else None
        with contextlib.suppress(ConnectionError):
            self.behave(Exchange(handler, asked, content, number))

    def of(self, name):
        """Return the requests of one file."""
        return [each for each in self.requests if name in each.path]
