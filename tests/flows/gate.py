"""A way in front of a server that can be closed: the network of an end-to-end story."""

import contextlib
import selectors
import socket
import struct
import threading

BUFFER = 1 << 16
RESET = struct.pack("ii", 1, 0)
"""SO_LINGER for a close that sends RST: what a cable pulled out looks like to a browser."""


class Gate:
    """Carries TCP from a port of 127.0.0.1 to a server, until it is closed.

    While closed, new connections are refused and living ones are cut; opened again, the same port
    answers, so that the page's origin does not change. Use it as a context manager.
    """

    def __init__(self, port: int, host: str = "127.0.0.1", *, listens: bool = False) -> None:
        """`listens`: keep what the server said, to be searched with `said`."""
        self._target = (host, port)
        self._heard: list[bytearray] | None = [] if listens else None
        self._lock = threading.Lock()
        self._pairs: set[tuple[socket.socket, socket.socket]] = set()
        self._allowance: int | None = None
        self._door: socket.socket | None = None
        self.port = 0
        self.open()

    @property
    def url(self) -> str:
        """The origin to open in a browser; `localhost`, where service workers are allowed."""
        return f"http://localhost:{self.port}"

    def open(self) -> None:
        """Let traffic through again, without limit."""
        with self._lock:
            self._allowance = None
            if self._door is not None:
                return
            door = socket.socket()
            door.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            door.bind(("127.0.0.1", self.port))
            door.listen(128)
            self.port = door.getsockname()[1]
            self._door = door
        threading.Thread(target=self._welcome, args=(door,), daemon=True).start()

    def close(self) -> None:
        """Cut everything and refuse what comes: airplane mode."""
        with self._lock:
            door, self._door = self._door, None
            pairs, self._pairs = self._pairs, set()
        if door is not None:
            with contextlib.suppress(OSError):
                door.shutdown(socket.SHUT_RDWR)  # wakes the thread that waits in accept()
            door.close()
        for pair in pairs:
            for end in pair:
                _cut(end)

    def close_after(self, size: int) -> None:
        """Close by itself once `size` more bytes have come from the server: a cut half way."""
        with self._lock:
            self._allowance = size

    def said(self, words: str) -> bool:
        """Whether the server said these words here, in whatever answer, stream or file.

        As they are in JSON: letters alone, no quotes. What travels compressed is not understood.
        """
        return any(words.encode() in heard for heard in self._heard or [])

    def __enter__(self) -> "Gate":
        return self

    def __exit__(self, *_error: object) -> None:
        self.close()

    def _welcome(self, door: socket.socket) -> None:
        while True:
            try:
                client, _ = door.accept()
            except OSError:
                return
            threading.Thread(target=self._carry, args=(door, client), daemon=True).start()

    def _carry(self, door: socket.socket, client: socket.socket) -> None:
        try:
            server = socket.create_connection(self._target, timeout=10)
        except OSError:
            _cut(client)
            return
        server.settimeout(None)
        pair = (client, server)
        with self._lock:
            if self._door is not door:
                _cut(client)
                _cut(server)
                return
            self._pairs.add(pair)
        with contextlib.suppress(OSError, ValueError):
            self._copy_both(client, server)
        with self._lock:
            self._pairs.discard(pair)
        for end in pair:
            with contextlib.suppress(OSError):
                end.close()

    def _copy_both(self, client: socket.socket, server: socket.socket) -> None:
        heard = bytearray()
        if self._heard is not None:
            self._heard.append(heard)
        with selectors.DefaultSelector() as ready:
            ready.register(client, selectors.EVENT_READ, server)
            ready.register(server, selectors.EVENT_READ, client)
            while ready.get_map() and client.fileno() != -1:  # a cut is seen at the next look
                for key, _ in ready.select(timeout=0.2):
                    source, target = key.fileobj, key.data
                    assert isinstance(source, socket.socket)
                    data = source.recv(BUFFER)
                    if not data:
                        ready.unregister(source)
                        target.shutdown(socket.SHUT_WR)
                        continue
                    if source is server and self._is_spent(len(data)):
                        self.close()
                        return
                    if source is server and self._heard is not None:
                        heard += data
                    target.sendall(data)

    def _is_spent(self, size: int) -> bool:
        with self._lock:
            if self._allowance is None:
                return False
            self._allowance -= size
            return self._allowance < 0


def _cut(end: socket.socket) -> None:
    with contextlib.suppress(OSError):
        end.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
        end.close()
