"""A server on this machine alone: the explorer's page, and predictions that it asks for, one at a time."""

import json
import secrets
import sys
from collections.abc import Callable, Container, Mapping
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import urlsplit

from retrogait.errors import ConfigError, GaitError
from retrogait.explore.task import Predictor
from retrogait.report.explorer import Walk, page

HOST = "127.0.0.1"
MOST_BYTES = 4096
"""Longest question [bytes]: direction, speed and incline take sixty."""

TOKEN = "X-Retrogait-Token"
"""Header that only this page knows to send; no other website can, and none may read the page to learn it."""

POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'unsafe-inline'",
        "style-src 'unsafe-inline'",
        "img-src data: blob:",
        "connect-src 'self'",
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'none'",
    )
)
"""What the page may do: run its own scripts and ask this server; nobody may put it in a frame."""


class Explorer(ThreadingHTTPServer):
    """The server; `serve_forever` until `close`.

    Parameters
    ----------
    walks
        That the page begins with.
    port
        To listen on; 0 takes a free one.
    predictor
        Predicts what is asked for.

    Raises
    ------
    ConfigError
        The port is taken.
    """

    daemon_threads = True
    allow_reuse_address = True

    def __init__(self, walks: list[Walk], port: int = 0, predictor: Predictor | None = None) -> None:
        self.walks = list(walks)
        self.token = secrets.token_urlsafe(24)
        self.predictor = predictor or Predictor()
        try:
            super().__init__((HOST, port), _Handler)
        except (OSError, OverflowError) as error:
            raise ConfigError(
                f"port {port} of {HOST} cannot be listened on ({error}); try another, or 0 for a free one"
            ) from error

    @property
    def address(self) -> str:
        """Where the page is."""
        return f"http://{HOST}:{self.server_address[1]}/"

    @property
    def hosts(self) -> set[str]:
        """What a browser that was sent here says in its Host header."""
        port = self.server_address[1]
        return {f"{HOST}:{port}", f"localhost:{port}"}

    def close(self) -> None:
        """Stop what is being predicted and stop listening."""
        self.predictor.cancel()
        self.server_close()

    def handle_error(self, request: Any, client_address: Any) -> None:  # noqa: ANN401
        """A browser that went away is no fault."""
        if not isinstance(sys.exc_info()[1], ConnectionError):
            super().handle_error(request, client_address)


class _RefusedError(Exception):
    def __init__(self, status: HTTPStatus, reason: str) -> None:
        super().__init__(reason)
        self.status = status


class _Handler(BaseHTTPRequestHandler):
    server: Explorer
    server_version = "retrogait"
    sys_version = ""
    timeout = 30

    def do_GET(self) -> None:
        try:
            self._require_host()
            self._require_known({"/"})
        except _RefusedError as refused:
            self._refuse(refused)
            return
        walks = [*self.server.walks, *self.server.predictor.found]
        text = page(list({walk.name: walk for walk in walks}.values()), token=self.server.token)
        self._answer(HTTPStatus.OK, text.encode(), "text/html; charset=utf-8")

    def do_POST(self) -> None:
        questions: Mapping[str, Callable[[Mapping[str, Any]], Any]] = {
            "/predict": self._predict,
            "/progress": self._progress,
            "/cancel": self._cancel,
            "/walk": self._walk,
        }
        try:
            self._require_host()
            self._require_own_page()
            answer = questions[self._require_known(questions)](self._content())
        except _RefusedError as refused:
            self._refuse(refused)
            return
        if isinstance(answer, bytes):
            self._answer(HTTPStatus.OK, answer, "application/octet-stream")
        else:
            self._answer(HTTPStatus.OK, json.dumps(answer).encode(), "application/json")

    def _predict(self, given: Mapping[str, Any]) -> Any:  # noqa: ANN401 - whatever JSON holds
        try:
            self.server.predictor.ask(given)
        except GaitError as error:  # the page shows it; a browser would log any other status as an error
            return {"refused": " ".join(str(error).split())}
        return {"state": "running"}

    def _progress(self, given: Mapping[str, Any]) -> Any:  # noqa: ANN401
        return self.server.predictor.progress()

    def _cancel(self, given: Mapping[str, Any]) -> Any:  # noqa: ANN401
        self.server.predictor.cancel()
        return {"state": "cancelled"}

    def _walk(self, given: Mapping[str, Any]) -> bytes:
        content = self.server.predictor.packed()
        if content is None:
            raise _RefusedError(HTTPStatus.NOT_FOUND, "nothing was predicted yet")
        return content

    def _require_known(self, paths: Container[str]) -> str:
        """Path that was asked for, where it is one of these."""
        path = urlsplit(self.path).path
        if path not in paths:
            raise _RefusedError(HTTPStatus.NOT_FOUND, "there is one page here, at /")
        return path

    def _require_host(self) -> None:
        """Refuse names that were made to resolve to this machine (DNS rebinding)."""
        if self.headers.get("Host") not in self.server.hosts:
            raise _RefusedError(HTTPStatus.FORBIDDEN, "this server answers to its own address only")

    def _require_own_page(self) -> None:
        """Refuse what another website makes a browser send."""
        origin = self.headers.get("Origin")
        if origin is not None and urlsplit(origin).netloc not in self.server.hosts:
            raise _RefusedError(HTTPStatus.FORBIDDEN, "asked by another website")
        if not secrets.compare_digest(self.headers.get(TOKEN, "").encode(), self.server.token.encode()):
            raise _RefusedError(HTTPStatus.FORBIDDEN, "asked by another page; load this one again")

    def _content(self) -> Mapping[str, Any]:
        length = self.headers.get("Content-Length", "")
        if not length.isdecimal() or int(length) > MOST_BYTES:
            raise _RefusedError(HTTPStatus.BAD_REQUEST, f"expected at most {MOST_BYTES} bytes of JSON")
        try:
            content = json.loads(self.rfile.read(int(length)))
        except ValueError as error:
            raise _RefusedError(HTTPStatus.BAD_REQUEST, f"not JSON ({error})") from error
        if not isinstance(content, dict):
            raise _RefusedError(HTTPStatus.BAD_REQUEST, "expected a JSON object")
        return content

    def _refuse(self, refused: _RefusedError) -> None:
        self.close_connection = True
        self._answer(refused.status, json.dumps({"refused": str(refused)}).encode(), "application/json")

    def _answer(self, status: HTTPStatus, content: bytes, kind: str) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(content)))
        self.send_header("Cache-Control", "no-store")
        self.send_header("Content-Security-Policy", POLICY)
        self.send_header("X-Content-Type-Options", "nosniff")
        self.send_header("Cross-Origin-Resource-Policy", "same-origin")
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: ANN401 - the base class's names
        """Say nothing: the page says what is going on."""
