"""HTTP requests, by the package httpx."""

from __future__ import annotations

import re
import socket
from contextlib import suppress
from threading import Timer
from typing import Any

from sema.errors import EvalError, SemaIOError
from sema.reader.printer import display
from sema.stdlib.outside import given_up, keyword_map, option
from sema.stdlib.registry import builtin, find
from sema.vm.maps import Map
from sema.vm.values import EmptyList, Keyword, Pair, Vector

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import ModuleType

    from sema.embed.namespace import Context

_METHOD = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_MOST_REDIRECTIONS = 10
_NO_BODY = object()


def _httpx(name: str) -> ModuleType:
    try:
        import httpx
    except ImportError:
        raise EvalError(
            f"{name}: needs the package httpx", hint="pip install 'sema-lisp[http]'"
        ) from None
    return httpx


class _Client:
    """The client that an interpreter has; it keeps no connections between requests."""

    def __init__(self) -> None:
        self._client: Any = None

    def of(self, httpx: ModuleType) -> Any:
        """The client of httpx, made at the first use."""
        if self._client is None:
            from sema import __version__

            self._client = httpx.Client(
                follow_redirects=True,
                max_redirects=_MOST_REDIRECTIONS,
                headers={"user-agent": f"sema/{__version__}"},
                limits=httpx.Limits(max_keepalive_connections=0),
            )
        return self._client

    def __del__(self) -> None:
        if self._client is not None:
            self._client.close()


class _Exchange:
    """One request and its response, which can be closed while it is under way."""

    def __init__(self, seconds: float | None) -> None:
        self._seconds = seconds
        self._socket: socket.socket | None = None
        self._is_closed = False
        self.is_late = False

    def watch(self, event: str, details: dict[str, Any]) -> None:
        """Take note of the connection; httpx calls this at every step of the exchange."""
        if event.endswith((".connect_tcp.complete", ".start_tls.complete")):
            self._socket = details["return_value"].get_extra_info("socket")
        if self._is_closed:
            self.close()

    def close(self) -> None:
        """End the exchange: who waits for it gets an error."""
        self._is_closed = True
        if self._socket is not None:
            with suppress(OSError):
                # Not the method of a TLS socket, which another thread may be using.
                socket.socket.shutdown(self._socket, socket.SHUT_RDWR)

    def run(self, client: Any, method: str, url: str, settings: dict[str, Any]) -> Any:
        """The response, within the time. Raises what httpx does."""
        timer = None
        if self._seconds is not None:
            timer = Timer(self._seconds, self._end)
            timer.daemon = True
            timer.start()
        try:
            with given_up(self.close):
                return client.request(
                    method,
                    url,
                    timeout=self._seconds,
                    extensions={"trace": self.watch},
                    **settings,
                )
        finally:
            if timer is not None:
                timer.cancel()

    def _end(self) -> None:
        self.is_late = True
        self.close()


# --- What is sent ---------------------------------------------------------------------------------


def _header_name(name: Any) -> str:
    return name.name if type(name) is Keyword else display(name)


def _settings(body: Any, options: Any) -> dict[str, Any]:
    """The arguments of httpx for headers and body."""
    headers = {
        _header_name(name): display(value)
        for name, value in option(options, "headers", Map, Map.from_pairs(())).items()
    }
    settings: dict[str, Any] = {"headers": headers}
    parts = _parts(options)
    if parts:
        settings["files"] = parts
    elif type(body) is Map:
        settings["content"] = find("json/encode")(body)
        if not any(name.lower() == "content-type" for name in headers):
            headers["Content-Type"] = "application/json"
    elif type(body) is bytes:
        settings["content"] = body
    elif body is not _NO_BODY:
        settings["content"] = display(body)
    return settings


def _parts(options: Any) -> list[tuple[str, tuple[Any, ...]]]:
    """The parts of the option ``:multipart`` as httpx wants them."""
    found = []
    for kind in (Pair, EmptyList, Vector):
        for part in option(options, "multipart", kind, ()):
            content = option(part, "content", bytes, None)
            if content is None:
                content = option(part, "content", str, "")
            details = [option(part, "filename", str), content]
            content_type = option(part, "content-type", str)
            if content_type is not None:
                details.append(content_type)
            found.append((option(part, "name", str, ""), tuple(details)))
    return found


# --- The exchange ---------------------------------------------------------------------------------


def _request(
    context: Context, name: str, method: str, url: str, options: Any, body: Any = _NO_BODY
) -> Map:
    httpx = _httpx(name)
    milliseconds = option(options, "timeout", int)
    seconds = None if milliseconds is None else max(0, milliseconds) / 1000
    exchange = _Exchange(seconds)
    try:
        client = context.kept(_Client).of(httpx)
        response = exchange.run(client, method, url, _settings(body, options))
    except (httpx.HTTPError, httpx.InvalidURL, OSError, ValueError) as error:
        is_late = exchange.is_late or isinstance(error, httpx.TimeoutException)
        reason = f"no answer within {milliseconds} ms" if is_late else str(error)
        raise SemaIOError(f"{name} {url}: {reason}") from error
    kind = option(options, "as", Keyword)
    as_bytes = kind is not None and kind.name == "bytes"
    return keyword_map(
        {
            "status": response.status_code,
            "headers": keyword_map({key.lower(): value for key, value in response.headers.items()}),
            "body": response.content if as_bytes else response.text,
        }
    )


@builtin(
    "http/get",
    doc="The response to a GET request, as a map of :status, :headers and :body. The options "
    "are :headers, :timeout in milliseconds, and :as, which is :text or :bytes.",
    example='(:status (http/get "https://example.org"))',
    capability="network",
    tier="T2",
    blocking=True,
    owned=True,
)
def get(context: Context, url: str, options: Any = None) -> Map:
    return _request(context, "http/get", "GET", url, options)


@builtin(
    "http/delete",
    doc="The response to a DELETE request.",
    example='(http/delete "https://example.org/items/1")',
    capability="network",
    tier="T2",
    blocking=True,
    owned=True,
)
def delete(context: Context, url: str, options: Any = None) -> Map:
    return _request(context, "http/delete", "DELETE", url, options)


@builtin(
    "http/post",
    doc="The response to a POST request. A map as body is sent as JSON; the option :multipart "
    "is a list of maps of :name, :content and perhaps :filename and :content-type.",
    example='(http/post "https://example.org/items" {:name "new"})',
    capability="network",
    tier="T2",
    blocking=True,
    owned=True,
)
def post(context: Context, url: str, body: Any, options: Any = None) -> Map:
    return _request(context, "http/post", "POST", url, options, body)


@builtin(
    "http/put",
    doc="The response to a PUT request.",
    example='(http/put "https://example.org/items/1" {:name "changed"})',
    capability="network",
    tier="T2",
    blocking=True,
    owned=True,
)
def put(context: Context, url: str, body: Any, options: Any = None) -> Map:
    return _request(context, "http/put", "PUT", url, options, body)


@builtin(
    "http/query",
    doc="The response to a QUERY request.",
    example='(http/query "https://example.org/items" {:name "new"})',
    capability="network",
    tier="T2",
    blocking=True,
    owned=True,
)
def query(context: Context, url: str, body: Any, options: Any = None) -> Map:
    return _request(context, "http/query", "QUERY", url, options, body)


@builtin(
    "http/request",
    doc="The response to a request by any method.",
    example='(http/request "PATCH" "https://example.org/items/1" {} "text")',
    capability="network",
    tier="T2",
    blocking=True,
    owned=True,
)
def request(
    context: Context, method: str, url: str, options: Any = None, body: Any = _NO_BODY
) -> Map:
    if not _METHOD.fullmatch(method):
        raise EvalError(f"http/request: invalid method '{method}'")
    return _request(context, "http/request", method.upper(), url, options, body)
