"""A real PostgreSQL of the tests' own, on a socket in a folder: started, stopped, started again."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest


@dataclass
class PostgresServer:
    """One server; anybody on this machine may connect as ``munshi``."""

    folder: Path
    owner: dict[str, Any] = field(default_factory=lambda: {"user": "nobody"} if os.geteuid() == 0 else {})

    @property
    def address(self) -> str:
        """Of the database ``postgres``."""
        return self.address_of("postgres")

    def address_of(self, database: str) -> str:
        return f"postgres://munshi@/{database}?host={self.folder}"

    def made(self, database: str) -> str:
        """Make a database; return its address."""
        import psycopg

        with psycopg.connect(self.address, autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {database}")
        return self.address_of(database)

    def start(self) -> None:
        options = f"-c listen_addresses= -c max_connections=200 -k {self.folder}"
        self._run("pg_ctl", "-D", self.folder / "data", "-o", options, "-w", "start")

    def stop(self) -> None:
        self._run("pg_ctl", "-D", self.folder / "data", "-m", "immediate", "-w", "stop")

    def create(self) -> None:
        if self.owner:
            shutil.chown(self.folder, "nobody")
        self._run("initdb", "-D", self.folder / "data", "-A", "trust", "-U", "munshi", "--no-sync")

    def _run(self, *command: object) -> None:
        quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        subprocess.run([str(each) for each in command], check=True, **quiet, **self.owner)


@contextmanager
def postgres_server() -> Iterator[PostgresServer]:
    """Serve while in the block; skip where PostgreSQL is not installed."""
    pytest.importorskip("psycopg")
    if not (shutil.which("initdb") and shutil.which("postgres")):
        pytest.skip("PostgreSQL is not installed")
    server = PostgresServer(Path(tempfile.mkdtemp(prefix="pg-")))
    server.create()
    server.start()
    try:
        yield server
    finally:
        server.stop()
        shutil.rmtree(server.folder)
