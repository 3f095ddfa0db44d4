"""A PostgreSQL server of its own, in a temporary folder, reached by a Unix socket, gone when the tests end."""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

import psycopg

# Where distributions put the programs of a server; none of them is on the path.
PLACES = ("/usr/lib/postgresql/*/bin", "/usr/pgsql-*/bin", "/opt/homebrew/opt/postgresql*/bin", "/usr/local/pgsql/bin")
# A server does not run as root.
UNPRIVILEGED = ("postgres", "nobody")
USER = "baker"
# Nothing that tests do needs to survive a power cut.
SETTINGS = (
    "listen_addresses=",
    "fsync=off",
    "full_page_writes=off",
    "max_connections=150",
    "shared_buffers=32MB",
    "logging_collector=off",
    "log_min_messages=fatal",
)


def programs() -> Path | None:
    """Where the programs of a server are; None where there are none."""
    found = shutil.which("initdb")
    if found:
        return Path(found).parent
    folders = [folder for place in PLACES for folder in Path("/").glob(place.removeprefix("/"))]
    return max((folder for folder in folders if (folder / "initdb").exists()), default=None)


class Server:
    """A server; `start` it, `kill` it, `stop` it."""

    def __init__(self, folder: Path, *settings: str) -> None:
        self.folder = folder
        self.settings = (*SETTINGS, *settings)
        found = programs()
        assert found is not None
        self.programs = found
        self._process: subprocess.Popen[bytes] | None = None
        self._as_user: dict[str, str | int | list[str]] = {}
        if os.geteuid() == 0:
            user = next(pwd.getpwnam(name) for name in UNPRIVILEGED if _exists(name))
            os.chown(folder, user.pw_uid, user.pw_gid)
            self._as_user = {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}

    def make(self) -> None:
        """Make the folder of the server."""
        command = [self.programs / "initdb", "-D", "data", "-U", USER, "-A", "trust", "-E", "UTF8", "--no-locale", "-N"]
        self._run(*command)

    def start(self) -> None:
        """Start it, and wait until it accepts connections."""
        options = [part for setting in self.settings for part in ("-c", setting)]
        command = [self.programs / "postgres", "-D", "data", "-k", self.folder, *options]
        with (self.folder / "log").open("ab") as log:
            self._process = subprocess.Popen(command, cwd=self.folder, stdout=log, stderr=log, **self._as_user)
        for _ in range(600):
            try:
                psycopg.connect(self.address(), connect_timeout=5).close()
            except psycopg.OperationalError:
                assert self._process.poll() is None, (self.folder / "log").read_text()
                time.sleep(0.05)
            else:
                return
        raise AssertionError((self.folder / "log").read_text())

    def kill(self) -> None:
        """Kill it and all its processes at once, as a crash would."""
        assert self._process is not None
        pid = self._process.pid
        # Stopped, so that it makes no other child meanwhile.
        self._process.send_signal(signal.SIGSTOP)
        children = _children(pid)
        for one in (*children, pid):
            _kill(one)
        self._process.wait()
        # Until the last of them is gone, their shared memory is in use, and no server starts beside it.
        while any(map(_runs, children)):
            time.sleep(0.005)
        self._process = None
        (self.folder / "data" / "postmaster.pid").unlink(missing_ok=True)

    def stop(self) -> None:
        """Stop it; what is connected is cut off."""
        if self._process is not None:
            self._process.send_signal(signal.SIGQUIT)
            self._process.wait()
            self._process = None

    def address(self, schema: str = "", database: str = "postgres", user: str = USER) -> str:
        """The address of a store on it; without a schema that of the server."""
        end = f"?schema={schema}" if schema else ""
        return f"postgresql://{user}@{quote(str(self.folder), safe='')}/{database}{end}"

    def run(self, *statements: str, database: str = "postgres") -> list[tuple[object, ...]]:
        """Run statements as the owner of everything, and return the rows of the last one."""
        with psycopg.connect(self.address(database=database), autocommit=True) as connection:
            for statement in statements:
                cursor = connection.execute(statement)
            return cursor.fetchall() if cursor.description else []

    def _run(self, *command: str | Path) -> None:
        done = subprocess.run(command, cwd=self.folder, capture_output=True, check=False, **self._as_user)
        assert done.returncode == 0, done.stderr.decode()


@contextmanager
def running(*settings: str, place: str | None = None) -> Iterator[Server]:
    """A new server that runs while the block does, in memory where the system has such a place and no other is named."""
    place = place or ("/dev/shm" if os.access("/dev/shm", os.W_OK) else None)
    folder = Path(tempfile.mkdtemp(prefix="plandoc-pg-", dir=place))
    server = Server(folder, *settings)
    try:
        server.make()
        server.start()
        yield server
    finally:
        server.stop()
        shutil.rmtree(folder, ignore_errors=True)


def _exists(name: str) -> bool:
    try:
        pwd.getpwnam(name)
    except KeyError:
        return False
    return True


def _children(pid: int) -> list[int]:
    found = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return [int(child) for child in found]


def _runs(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return False
    return state != "Z"


def _kill(pid: int) -> None:
    try:
        os.kill(pid, signal.SIGKILL)
    except ProcessLookupError:
        pass
