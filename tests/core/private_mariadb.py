"""A MariaDB server that belongs to one test module: it may be demoted and killed."""

import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import MySQLdb

WAIT_SECONDS = 30


def _server_user() -> str:
    """Whom a server started by root becomes: Debian's mariadb-server-core makes no `mysql`."""
    try:
        return pwd.getpwnam("mysql").pw_name
    except KeyError:
        return "nobody"


SERVER_USER = _server_user()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


class Server:
    """`user` owns its database and no more: GRANT ALL ON *.* would bypass read_only."""

    user, password, database = "shelves", "only-for-tests", "shelves"

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.port = free_port()
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"mysql://{self.user}:{self.password}@127.0.0.1:{self.port}/{self.database}"

    def install(self) -> None:
        as_mysql = [f"--user={SERVER_USER}"] if os.geteuid() == 0 else []
        if as_mysql:
            shutil.chown(self.folder, SERVER_USER)
        subprocess.run(
            [
                "mariadb-install-db", "--no-defaults", *as_mysql, f"--datadir={self.folder}/data",
                "--auth-root-authentication-method=normal", "--skip-test-db",
            ],
            check=True, capture_output=True,
        )  # fmt: skip
        self.start()
        self.run(
            f"CREATE DATABASE {self.database} CHARACTER SET utf8mb4",
            f"CREATE USER {self.user}@localhost IDENTIFIED BY '{self.password}'",
            f"GRANT ALL ON {self.database}.* TO {self.user}@localhost",
        )

    def start(self) -> None:
        as_mysql = [f"--user={SERVER_USER}"] if os.geteuid() == 0 else []
        command = [
            "mariadbd", "--no-defaults", *as_mysql, f"--datadir={self.folder}/data",
            f"--port={self.port}", "--bind-address=127.0.0.1",
            f"--socket={self.folder}/sock", f"--pid-file={self.folder}/pid",
            "--innodb-buffer-pool-size=16M", "--innodb-log-file-size=8M",
            "--innodb-flush-log-at-trx-commit=2", "--character-set-server=utf8mb4",
        ]  # fmt: skip
        with (self.folder / "errors").open("ab") as errors:
            self.process = subprocess.Popen(command, stdout=errors, stderr=errors)
        deadline = time.monotonic() + WAIT_SECONDS
        while True:
            try:
                self.run("SELECT 1")
            except MySQLdb.OperationalError:
                if time.monotonic() > deadline or self.process.poll() is not None:
                    raise
                time.sleep(0.05)
            else:
                return

    def run(self, *statements: str) -> None:
        """As root, who may write to a read-only server."""
        connection = MySQLdb.connect(
            unix_socket=f"{self.folder}/sock", user="root", autocommit=True
        )
        try:
            with connection.cursor() as cursor:
                for statement in statements:
                    cursor.execute(statement)
        finally:
            connection.close()

    def kill(self) -> None:
        if self.process is not None:
            with suppress(ProcessLookupError):
                self.process.send_signal(signal.SIGKILL)
            self.process.wait()
            self.process = None


@contextmanager
def mariadb() -> Iterator[Server]:
    # Not pytest's tmp_path: the user mysql must be able to pass.
    folder = Path(tempfile.mkdtemp(prefix="market-mariadb-"))
    folder.chmod(0o755)
    server = Server(folder)
    try:
        server.install()
        yield server
    finally:
        server.kill()
        shutil.rmtree(folder, ignore_errors=True)
