"""Work done in a process of its own, which the kernel ends when it takes more than it may."""

from __future__ import annotations

import resource
import subprocess
import sys
from pathlib import Path

MEGABYTE = 1024 * 1024


def peak_megabytes() -> int:
    """Of this process since its program began: what `getrusage` says holds its parent's peak, too (Linux)."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return int(next(line for line in status.splitlines() if line.startswith("VmHWM")).split()[1]) // 1024


def bounded(program: str, *, cpu: int, megabytes: int, given: bytes = b"", args: tuple[str, ...] = ()) -> str:
    """What the Python program prints; an AssertionError when it fails, or needs more CPU (s) or address space."""

    def limit() -> None:
        resource.setrlimit(resource.RLIMIT_CPU, (cpu, cpu))
        resource.setrlimit(resource.RLIMIT_AS, (megabytes * MEGABYTE, megabytes * MEGABYTE))

    done = subprocess.run(
        [sys.executable, "-c", program, *args],
        input=given,
        capture_output=True,
        check=False,
        preexec_fn=limit,
    )
    said = done.stdout.decode()
    assert done.returncode == 0, f"after '{said[-300:]}': {done.returncode} {done.stderr.decode()[-2000:]}"
    return said
