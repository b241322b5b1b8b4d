"""dondoc on several machines, on one: PostgreSQL and Redis from Debian's packages, two API servers, the background
services, workers and pages, each a process that can be killed and started again. Settings come from `deploy/machines`.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import httpx

from cli.supervise import die_with_parent
from config.loader import CONFIG
from tests.waiting import free_ports, listens, until

BIN = Path(sys.executable).parent
DEPLOY = CONFIG.parent / "deploy" / "machines"
POSTGRES = sorted(Path("/usr/lib/postgresql").glob("*/bin"))
USER, PASSWORD = "dondoc", "for this trial only"
AUTH = f"{USER}:{PASSWORD}"
STARTED_SECONDS = 180
API, WORKERS, PAGES = ("api-1", "api-2"), ("worker-1", "worker-2", "worker-3"), ("page-1", "page-2")
POOLS = {"worker-1": "dondoc", "worker-2": "dondoc", "worker-3": "toan-quoc"}
OTHER_USER = "postgres" if os.geteuid() == 0 else None
LISTENING = ("postgresql", "redis", *API, *PAGES)


def settings_of(name: str, places: Mapping[str, str]) -> dict[str, str]:
    """A file of `deploy/machines`, with this trial's addresses and passwords for those of the example."""
    text = (DEPLOY / name).read_text(encoding="utf-8")
    for example, here in places.items():
        text = text.replace(example, here)
    lines = [line for line in text.splitlines() if line and not line.startswith("#")]
    return dict(line.split("=", 1) for line in lines)


@dataclass
class Installation:
    """`folder` holds all state and logs but PostgreSQL's; everything listens on loopback."""

    folder: Path
    data: Path  # PostgreSQL's
    extra: Mapping[str, str] = field(default_factory=dict[str, str])  # for workers and pages
    ports: dict[str, int] = field(init=False)
    running: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict[str, "subprocess.Popen[bytes]"])

    def __post_init__(self) -> None:
        self.ports = dict(zip(LISTENING, free_ports(len(LISTENING)), strict=True))
        for name in ("home", "logs", "redis", "prefect"):
            (self.folder / name).mkdir(parents=True)

    def database(self, driver: str, name: str) -> str:
        return f"postgresql+{driver}://postgres@127.0.0.1:{self.ports['postgresql']}/{name}"

    @property
    def ledger_url(self) -> str:
        return self.database("psycopg", "ledger")

    def server_environment(self) -> dict[str, str]:
        return self._environment() | settings_of(
            "server.env.example",
            {
                "postgresql+asyncpg://prefect:PASSWORD@db.example:5432/prefect": self.database(
                    "asyncpg", "prefect"
                ),
                "redis.example:6379": f"127.0.0.1:{self.ports['redis']}",
                "dondoc:PASSWORD": AUTH,
            },
        )

    def environment(self, api: str = API[0]) -> dict[str, str]:
        """Of whatever is no Prefect server, and reaches that one."""
        given = settings_of(
            "dondoc.env.example",
            {
                "api.example:4200": f"127.0.0.1:{self.ports[api]}",
                "dondoc:PASSWORD@": "postgres@",
                "dondoc:PASSWORD": AUTH,
                "db.example:5432": f"127.0.0.1:{self.ports['postgresql']}",
                "/srv/dondoc": str(self.folder / "home"),
            },
        )
        return self._environment() | given | {"DO_NOT_TRACK": "1"} | dict(self.extra)

    def _environment(self) -> dict[str, str]:
        clean = {
            name: value for name, value in os.environ.items() if not name.startswith(("DONDOC_", "PREFECT_"))
        }
        clean.pop("PYTHONDONTWRITEBYTECODE", None)
        return clean | {"PREFECT_HOME": str(self.folder / "prefect")}

    # Each by its name.

    def start(self, name: str) -> None:
        kind = name.partition("-")[0]
        kinds = {
            "postgresql": self._postgresql,
            "redis": self._redis,
            "api": self._api,
            "services": self._services,
            "worker": self._worker,
            "page": self._page,
        }
        command, environment = kinds[kind](name)
        log = (self.folder / "logs" / f"{name}.log").open("ab")
        with log:
            self.running[name] = subprocess.Popen(
                command,
                env=environment,
                stdout=log,
                stderr=log,
                stdin=subprocess.DEVNULL,
                start_new_session=True,
                preexec_fn=die_with_parent,  # a trial that is killed leaves nothing running
                cwd="/",
                user=OTHER_USER if kind == "postgresql" else None,
                group=OTHER_USER if kind == "postgresql" else None,
                extra_groups=() if kind == "postgresql" and OTHER_USER else None,
            )

    def _postgresql(self, _name: str) -> tuple[Sequence[str], dict[str, str]]:
        data, port = self.data, self.ports["postgresql"]
        command = [str(POSTGRES[-1] / "postgres"), "-D", str(data), "-p", str(port), "-k", str(data)]
        return command, self._environment()

    def _redis(self, _name: str) -> tuple[Sequence[str], dict[str, str]]:
        port, folder = str(self.ports["redis"]), str(self.folder / "redis")
        command = ["redis-server", "--port", port, "--bind", "127.0.0.1"]
        return [*command, "--dir", folder, "--appendonly", "yes"], self._environment()

    def _api(self, name: str) -> tuple[Sequence[str], dict[str, str]]:
        command = [str(BIN / "prefect"), "server", "start", "--no-services"]
        place = ["--host", "127.0.0.1", "--port", str(self.ports[name])]
        return [*command, *place], self.server_environment()

    def _services(self, _name: str) -> tuple[Sequence[str], dict[str, str]]:
        return [str(BIN / "prefect"), "server", "services", "start"], self.server_environment()

    def _worker(self, name: str) -> tuple[Sequence[str], dict[str, str]]:
        """Odd ones ask one API server, even ones the other."""
        api = API[(WORKERS.index(name)) % len(API)]
        command = [str(BIN / "prefect"), "worker", "start", "--pool", POOLS[name], "--name", name]
        return [*command, "--type", "process", "--limit", "2"], self.environment(api)

    def _page(self, name: str) -> tuple[Sequence[str], dict[str, str]]:
        return [str(BIN / "dondoc"), "page"], self.environment() | {"DONDOC_PAGE_PORT": str(self.ports[name])}

    def kill(self, name: str) -> None:
        """SIGKILL for the process and all it started, as when its machine loses power."""
        process = self.running.pop(name)
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()

    # All of it.

    def up(self) -> None:
        """Databases first, then whoever needs them; returns once all answer."""
        self._make_cluster()
        self.start("postgresql")
        self._wait("postgresql", lambda: self._psql("SELECT 1"))
        for name in ("prefect", "ledger"):
            self._psql(f"CREATE DATABASE {name}")
        self.start("redis")
        self._wait("redis", lambda: listens(self.ports["redis"]))
        self.run("prefect", "server", "database", "upgrade", "-y", environment=self.server_environment())
        for name in API:  # one after the other: two that find the database empty register the same block types, and one dies
            self.start(name)
            self._wait(name, lambda name=name: self.answers(name))
        self.start("services")
        self.run("dondoc", "db", "upgrade")
        for pool in sorted(set(POOLS.values())):
            self.run("prefect", "work-pool", "create", pool, "--type", "process", "--overwrite")

    def answers(self, api: str) -> bool:
        """Whether an API server is healthy to those who know the password."""
        try:
            found = httpx.get(
                f"http://127.0.0.1:{self.ports[api]}/api/health", auth=(USER, PASSWORD), timeout=5
            )
        except httpx.HTTPError:
            return False
        return found.status_code == httpx.codes.OK

    def down(self) -> None:
        for name in reversed(list(self.running)):
            self.kill(name)

    def run(self, *command: str, environment: Mapping[str, str] | None = None) -> str:
        """A command of ours to its end; what it printed. Errors: RuntimeError with the end of what it said."""
        done = subprocess.run(
            [str(BIN / command[0]), *command[1:]],
            env=dict(environment or self.environment()),
            cwd=CONFIG.parent,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            raise RuntimeError(f"{' '.join(command)}: {done.stdout[-2000:]}{done.stderr[-2000:]}")
        return done.stdout

    def _wait(self, name: str, ready: Callable[[], object]) -> None:
        until(ready, STARTED_SECONDS, lambda: self.log(name), pause=0.3)

    def log(self, name: str) -> str:
        return (self.folder / "logs" / f"{name}.log").read_text(encoding="utf-8", errors="replace")[-3000:]

    def _make_cluster(self) -> None:
        """PostgreSQL refuses to run as root, and its folder must be its own."""
        if os.geteuid() == 0:
            shutil.chown(self.data, "postgres", "postgres")
        options = ["--auth=trust", "--username=postgres", "--encoding=UTF8", "--no-locale"]
        command = [str(POSTGRES[-1] / "initdb"), "-D", str(self.data), *options]
        subprocess.run(command, check=True, capture_output=True, cwd="/", user=OTHER_USER, group=OTHER_USER)

    def _psql(self, statement: str) -> bool:
        place = ["-h", "127.0.0.1", "-p", str(self.ports["postgresql"]), "-U", "postgres"]
        command = [str(POSTGRES[-1] / "psql"), *place, "-c", statement]
        return subprocess.run(command, capture_output=True, check=False).returncode == 0


def missing() -> str:
    """What keeps it from being started; empty when nothing does."""
    there = {"postgresql": bool(POSTGRES), "redis-server": shutil.which("redis-server") is not None}
    return " and ".join(f"Debian's package {name} is missing" for name, has in there.items() if not has)


@contextlib.contextmanager
def installed(folder: Path, **extra: str) -> Iterator[Installation]:
    """All of it but workers and pages, which are started by name; ended afterwards."""
    with tempfile.TemporaryDirectory(prefix="dondoc-pg-") as data:
        found = Installation(folder, Path(data), extra)
        try:
            found.up()
            yield found
        finally:
            found.down()
