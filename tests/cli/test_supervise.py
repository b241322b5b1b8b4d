"""Nothing that was started outlives its supervisor, whenever it is interrupted and however stubborn it is."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from cli import supervise
from cli.supervise import Children
from directives.errors import DondocError

STUBBORN = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); time.sleep(60)"
# Starts another process in the same session and leaves it an orphan.
ORPHANING = "import subprocess, sys; subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)'])"


def start_many(children: Children, interrupted_after: float) -> None:
    threading.Timer(interrupted_after, os.kill, (os.getpid(), signal.SIGINT)).start()
    for n in range(100):
        children.start(f"child-{n}", [sys.executable, "-c", "import time; time.sleep(60)"], os.environ)


@pytest.fixture(autouse=True)
def handlers() -> Iterator[None]:
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


def below() -> list[psutil.Process]:
    return [one for one in psutil.Process().children(recursive=True) if one.status() != psutil.STATUS_ZOMBIE]


def test_a_child_that_ignores_sigterm_is_killed_after_the_grace(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(supervise, "GRACE_SECONDS", 0.5)
    with Children(tmp_path) as children:
        children.start("stubborn", [sys.executable, "-c", STUBBORN], os.environ)
        time.sleep(0.3)
        assert len(below()) == 1
    assert below() == []


def test_an_orphan_of_a_child_is_ended_too(tmp_path: Path) -> None:
    with Children(tmp_path) as children:
        children.start("orphaning", [sys.executable, "-c", ORPHANING], os.environ)
        pid = children._running["orphaning"].pid
        children._running["orphaning"].wait()
        orphans = [one for one in psutil.pids() if supervise._session(one) == pid]
        assert len(orphans) == 1
    assert not psutil.pid_exists(orphans[0]) or psutil.Process(orphans[0]).status() == psutil.STATUS_ZOMBIE


@pytest.mark.parametrize("delay", [0.0, 0.002, 0.005, 0.01, 0.02, 0.05])
def test_an_interrupt_while_starting_forgets_no_child(tmp_path: Path, delay: float) -> None:
    with pytest.raises(KeyboardInterrupt), Children(tmp_path) as children:
        start_many(children, interrupted_after=delay)
    assert below() == []


def test_a_child_that_ends_by_itself_is_named_with_its_last_words(tmp_path: Path) -> None:
    with Children(tmp_path) as children:
        children.start("worker", [sys.executable, "-c", "print('no pool'); raise SystemExit(3)"], os.environ)
        children._running["worker"].wait()
        with pytest.raises(DondocError, match=r"worker ended with status 3: no pool"):
            children.check()


def test_a_supervisor_that_is_killed_or_hung_up_on_leaves_no_child(tmp_path: Path) -> None:
    script = (
        "import os, sys, time; from pathlib import Path; from cli.supervise import Children\n"
        f"with Children(Path({str(tmp_path)!r})) as children:\n"
        "    children.start('child', [sys.executable, '-c', 'import time; time.sleep(60)'], os.environ)\n"
        "    print(children._running['child'].pid, flush=True)\n"
        "    time.sleep(60)\n"
    )
    for number in (signal.SIGKILL, signal.SIGHUP):
        with subprocess.Popen(
            [sys.executable, "-c", script], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
        ) as one:
            assert one.stdout is not None
            child = psutil.Process(int(one.stdout.readline()))
            one.send_signal(number)
        _, alive = psutil.wait_procs([child], timeout=10)
        assert alive == []


def test_two_settings_with_one_port_are_both_named() -> None:
    with pytest.raises(
        DondocError,
        match="asked for by DONDOC_SMTP_PORT and DONDOC_INBOX_PORT; choose",
    ):
        supervise.require_free("127.0.0.1", {"DONDOC_SMTP_PORT": 1, "DONDOC_INBOX_PORT": 1})
