"""HTTP requests to a real server on the loopback."""

from __future__ import annotations

import socket
import sys
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

import sema

Run = Callable[[str], str]


class Handler(BaseHTTPRequestHandler):
    """Answers with what it was asked."""

    def answer(self) -> None:
        length = int(self.headers.get("Content-Length") or 0)
        body = self.rfile.read(length)
        if self.path == "/late":
            self.server.late.wait(20)  # type: ignore[attr-defined]
        if self.path == "/moved":
            self.send_response(302)
            self.send_header("Location", "/there")
            self.send_header("Content-Length", "0")
            self.end_headers()
            return
        if self.path == "/loop":
            self.send_response(302)
            self.send_header("Location", "/loop")
            self.send_header("Content-Length", "0")
            self.end_headers()
            return
        lines = [f"{self.command} {self.path}"]
        lines += [
            f"{k}={self.headers[k]}" for k in ("X-One", "X-Two", "Content-Type") if self.headers[k]
        ]
        answer = "\n".join(lines).encode() + b"\n" + body
        if self.path == "/latin":
            answer = "häß".encode("latin-1")
        self.send_response(404 if self.path == "/none" else 200)
        kind = "text/plain; charset=latin-1" if self.path == "/latin" else "text/plain"
        self.send_header("Content-Type", kind)
        self.send_header("X-Reply", "yes")
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    do_GET = do_POST = do_PUT = do_DELETE = do_PATCH = do_QUERY = answer

    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.fixture
def server() -> Iterator[ThreadingHTTPServer]:
    made = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    made.late = threading.Event()  # type: ignore[attr-defined]
    thread = threading.Thread(target=made.serve_forever, args=(0.05,))
    thread.start()
    yield made
    made.late.set()  # type: ignore[attr-defined]
    made.shutdown()
    thread.join()
    made.server_close()


@pytest.fixture
def run(server: ThreadingHTTPServer, monkeypatch: pytest.MonkeyPatch) -> Run:
    """The printed value of an expression, or its error's display; ``u`` is the server's address."""
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    interpreter = sema.Interpreter()
    interpreter["u"] = f"http://127.0.0.1:{server.server_port}"

    def evaluate(text: str) -> str:
        try:
            return interpreter.eval_to_string(text)
        except sema.SemaError as error:
            return str(error)

    return evaluate


def test_a_response(run: Run) -> None:
    run('(define r (http/get (string-append u "/a?b=1")))')
    assert run("(keys r)") == "(:body :headers :status)"
    assert run("(list (:status r) (:body r))") == r'(200 "GET /a?b=1\n")'
    assert run("(list (:x-reply (:headers r)) (:content-type (:headers r)))") == (
        '("yes" "text/plain")'
    )
    assert run('(:status (http/get (string-append u "/none")))') == "404"


@pytest.mark.parametrize(
    ("call", "body"),
    [
        ('(http/delete (string-append u "/x"))', r"DELETE /x\n"),
        ('(http/post (string-append u "/x") "häß")', r"POST /x\nhäß"),
        ('(http/put (string-append u "/x") "1")', r"PUT /x\n1"),
        ('(http/query (string-append u "/x") "q")', r"QUERY /x\nq"),
        ('(http/request "patch" (string-append u "/x") {} "p")', r"PATCH /x\np"),
        ('(http/request "get" (string-append u "/x"))', r"GET /x\n"),
        ('(http/post (string-append u "/x") 5)', r"POST /x\n5"),
        ('(http/post (string-append u "/x") #u8(97 98))', r"POST /x\nab"),
        (
            '(http/post (string-append u "/x") {:a [1 "b"]})',
            r"POST /x\nContent-Type=application/json\n{\"a\":[1,\"b\"]}",
        ),
        (
            '(http/post (string-append u "/x") {:a 1} {:headers {:content-type "text/x"}})',
            r"POST /x\nContent-Type=text/x\n{\"a\":1}",
        ),
        (
            '(http/get (string-append u "/x") {:headers {:x-one "1" "X-Two" 2}})',
            r"GET /x\nX-One=1\nX-Two=2\n",
        ),
        ('(http/get (string-append u "/moved"))', r"GET /there\n"),
        ('(http/get (string-append u "/x") {:as :text :other 5 :timeout "soon"})', r"GET /x\n"),
        ('(http/get (string-append u "/x") 5)', r"GET /x\n"),
        ('(http/get (string-append u "/latin"))', "häß"),
    ],
)
def test_requests(call: str, body: str, run: Run) -> None:
    assert run(f"(:body {call})") == f'"{body}"'


def test_bytes(run: Run) -> None:
    assert run('(:body (http/get (string-append u "/latin") {:as :bytes}))') == "#u8(104 228 223)"


def test_parts(run: Run) -> None:
    text = run(
        """(:body (http/post (string-append u "/x") "ignored" {:multipart
             [{:name "a" :content "text"}
              {:name "b" :content #u8(98) :filename "b.bin" :content-type "application/x-b"}]}))"""
    )
    assert "Content-Type=multipart/form-data; boundary=" in text
    assert r"form-data; name=\"a\"\r\n\r\ntext\r\n" in text
    assert r"form-data; name=\"b\"; filename=\"b.bin\"\r\nContent-Type: application/x-b\r\n" in text
    assert "ignored" not in text


def test_failures(run: Run) -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        port = unused.getsockname()[1]
        shown = run(f'(http/get "http://127.0.0.1:{port}/")')
    assert shown.startswith(f"IO error: http/get http://127.0.0.1:{port}/: ")
    assert run('(http/get "no url")').startswith("IO error: http/get no url: ")
    assert run('(http/get "ftp://127.0.0.1/")').startswith("IO error: http/get ftp:")
    assert run('(http/get (string-append u "/loop"))').startswith("IO error: http/get ")
    assert run('(http/request "no method" u)') == (
        "Eval error: http/request: invalid method 'no method'"
    )
    assert run("(http/get :u)") == "Type error: expected string, got keyword"
    assert run("(http/post u)") == "Arity error: http/post expects 2-3 args, got 1"


def test_a_limit_of_time(run: Run) -> None:
    started = time.monotonic()
    shown = run('(http/get (string-append u "/late") {:timeout 100})')
    assert shown.startswith("IO error: http/get http://127.0.0.1:")
    assert shown.endswith("/late: no answer within 100 ms")
    assert time.monotonic() - started < 15


def test_a_request_that_is_given_up_ends(run: Run) -> None:
    before = threading.active_count()
    assert run(
        """(let ((late (async (http/get (string-append u "/late")))))
             (async/sleep 200)
             (list (async/cancel late) (:status (http/get u))))"""
    ) == "(#t 200)"  # fmt: skip
    deadline = time.monotonic() + 15
    # The server's own thread of that request waits on.
    while threading.active_count() > before + 1 and time.monotonic() < deadline:
        time.sleep(0.02)
    assert threading.active_count() <= before + 1


def test_without_the_package(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "httpx", None)
    assert run("(http/get u)") == "Eval error: http/get: needs the package httpx"
