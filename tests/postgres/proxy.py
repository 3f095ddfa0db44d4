"""Something between plandoc and the server that can lose the answer to a commit."""

from __future__ import annotations

import socket
import threading
from pathlib import Path

_COMMIT = b"commit\x00"


class Proxy:
    """Passes on what both sides say; when it is told to, it lets a commit reach the server and loses what follows.

    Attributes:
        loses_answers: Whether it does.
        lets_nobody_in: Whether new connections are refused.
    """

    def __init__(self, server: Path, folder: Path) -> None:
        self.loses_answers = self.lets_nobody_in = False
        self.folder = folder
        self._server = server / ".s.PGSQL.5432"
        self._listening = socket.socket(socket.AF_UNIX)
        self._listening.bind(str(folder / ".s.PGSQL.5432"))
        self._listening.listen()
        self._threads = [threading.Thread(target=self._accept)]
        self._threads[0].start()

    def close(self) -> None:
        """Close it; the connections through it are closed before that."""
        self._listening.shutdown(socket.SHUT_RDWR)
        self._threads[0].join()
        self._listening.close()
        for thread in self._threads:
            thread.join()

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._listening.accept()
            except OSError:
                return
            if self.lets_nobody_in:
                client.close()
                continue
            self._threads.append(threading.Thread(target=self._serve, args=(client,)))
            self._threads[-1].start()

    def _serve(self, client: socket.socket) -> None:
        with client, socket.socket(socket.AF_UNIX) as server:
            try:
                server.connect(str(self._server))
            except OSError:
                return
            lost = threading.Event()
            back = threading.Thread(target=_pass_back, args=(server, client, lost))
            back.start()
            while said := _received(client):
                if self.loses_answers and _COMMIT in said:
                    lost.set()
                _send(server, said)
            _end(server)
            back.join()


def _pass_back(server: socket.socket, client: socket.socket, lost: threading.Event) -> None:
    while said := _received(server):
        if lost.is_set():
            break
        _send(client, said)
    _end(client)


def _send(one: socket.socket, said: bytes) -> None:
    try:
        one.sendall(said)
    except OSError:
        pass


def _received(one: socket.socket) -> bytes:
    try:
        return one.recv(1 << 16)
    except OSError:
        return b""


def _end(one: socket.socket) -> None:
    try:
        one.shutdown(socket.SHUT_RDWR)
    except OSError:
        pass
