"""A server on this machine whose manners a test chooses."""

import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class Shelf:
    """What is served, and how: bytes after which the line breaks, whether ranges are known."""

    def __init__(self):
        self.files = {}
        self.breaks_after = []
        self.knows_ranges = True
        self.asked = []
        self.url = ""


class _Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        shelf = self.server.shelf
        asked = self.headers.get("Range")
        shelf.asked.append((self.path, asked))
        data = shelf.files.get(self.path)
        if data is None:
            self.send_error(404)
            return
        first = 0
        if asked and shelf.knows_ranges:
            first = int(asked.removeprefix("bytes=").removesuffix("-"))
            if first >= len(data):
                self.send_response(416)
                self.send_header("Content-Range", f"bytes */{len(data)}")
                self.send_header("Content-Length", "0")
                self.end_headers()
                return
            self.send_response(206)
            self.send_header("Content-Range", f"bytes {first}-{len(data) - 1}/{len(data)}")
        else:
            self.send_response(200)
        self.send_header("Content-Length", str(len(data) - first))
        self.end_headers()
        rest = data[first:]
        if shelf.breaks_after:
            rest = rest[: shelf.breaks_after.pop(0)]
        self.wfile.write(rest)

    def log_message(self, *told):
        """Say nothing."""


@contextmanager
def serving():
    """`Shelf` that a server on loopback hands out."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    server.daemon_threads = True
    server.shelf = Shelf()
    server.shelf.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield server.shelf
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
