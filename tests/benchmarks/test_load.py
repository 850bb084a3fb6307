import shutil
import threading
from collections.abc import Iterator
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from benchmarks import load
from benchmarks.asking import ask, is_whole
from benchmarks.load import LoadError

WRK = """\
Running 2s test @ http://127.0.0.1:8000
  1 threads and 16 connections
Requests/sec:   4730.57
result requests=9000 duration=2000000 p50=1500 p99=7250 errors=0
"""


class Answering(BaseHTTPRequestHandler):
    """Knows the address /known/ only."""

    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        is_known = self.path == "/known/"
        self.send_response(HTTPStatus.OK if is_known else HTTPStatus.NOT_FOUND)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_request(self, *_arguments: object) -> None:
        pass


class Server(ThreadingHTTPServer):
    request_queue_size = load.CONNECTIONS

    def handle_error(self, *_arguments: object) -> None:
        """Generators hang up in the middle when their time is over."""


@pytest.fixture
def port() -> Iterator[int]:
    with Server(("127.0.0.1", 0), Answering) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield server.server_port
        server.shutdown()
        thread.join()


@pytest.fixture
def paths(tmp_path: Path) -> Path:
    written = tmp_path / "paths"
    written.write_text("/known/\n/known/\n")
    return written


def test_the_generators_line_is_read() -> None:
    assert load.read(WRK) == load.Load(a_second=4_500, p50=1.5, p99=7.25)


@pytest.mark.parametrize(
    "output",
    [
        "",
        "unable to connect to 127.0.0.1:8000",
        "result requests=9 duration=2000000 p50=1 p99=1 errors=3",
        "result requests=0 duration=2000000 p50=0 p99=0 errors=0",
    ],
)
def test_errors_are_no_figure(output: str) -> None:
    with pytest.raises(LoadError):
        load.read(output)


HEAD = b"HTTP/1.1 200 OK\r\n"


@pytest.mark.parametrize(
    "answer",
    [
        HEAD + b"content-length: 2\r\n\r\nok",
        HEAD + b"transfer-encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n",
    ],
)
def test_an_answer_is_whole_at_its_end_only(answer: bytes) -> None:
    assert is_whole(answer)
    assert not any(is_whole(answer[:end]) for end in range(len(answer)))


def test_without_wrk_a_process_of_python_asks(
    port: int, paths: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(paths.parent))
    assert load.generator() != "wrk"
    assert load.put_on(port, paths, seconds=1).a_second > 0


@pytest.mark.skipif(not shutil.which("wrk"), reason="wrk is not installed")
def test_with_wrk_it_asks(port: int, paths: Path) -> None:
    assert load.put_on(port, paths, seconds=1).a_second > 0


def test_an_answer_that_is_an_error_is_counted(port: int) -> None:
    line = ask(port, connections=1, seconds=0.1, paths=["/unknown/"])
    with pytest.raises(LoadError):
        load.read(line)


def test_no_answer_in_time_is_no_figure(port: int) -> None:
    with pytest.raises(LoadError):
        load.read(ask(port, connections=1, seconds=0, paths=["/known/"]))
