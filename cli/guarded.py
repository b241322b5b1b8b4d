"""Prefect's API and UI behind a login: who runs without one, outside a rehearsal, is refused.

Prefect itself knows one user and one password for all (PREFECT_SERVER_API_AUTH_STRING, as `user:password`): whoever has it may
do everything there. Without it, everybody who reaches the port may.
"""

from __future__ import annotations

import os
import re
import secrets
import tempfile
from collections.abc import Mapping
from pathlib import Path

import httpx
from sqlalchemy import Engine

from config.settings import Settings
from directives.errors import DondocError
from directives.ledger.engine import reading
from directives.ledger.states import has_rehearsal
from notifications.keyring import setting
from notifications.keys import PURPOSES

SERVER, CLIENT = "PREFECT_SERVER_API_AUTH_STRING", "PREFECT_API_AUTH_STRING"
SHORTEST = 16
ASKED = "/deployments/count"  # answered to anybody where nothing guards; the health check always is
REFUSED = (httpx.codes.UNAUTHORIZED, httpx.codes.FORBIDDEN)


def wrong_with(environment: Mapping[str, str], *, server: bool) -> list[str]:
    """One line for everything in which Prefect's login is missing, weak or not the same on both sides.

    `server`: this is the environment of the server itself; else of what calls it.
    """
    own = SERVER if server else CLIENT
    found = {name: environment[name] for name in (SERVER, CLIENT) if environment.get(name)}
    wrong: list[str] = []
    if own not in found:
        wrong.append(f"{own} is not set; write user:password, or let 'dondoc secrets fill FILE' make one")
    for name, value in found.items():
        if not re.fullmatch(rf"[^:\s]+:\S{{{SHORTEST},}}", value):
            wrong.append(f"{name} must be user:password, the password of at least {SHORTEST} characters")
    if len(set(found.values())) > 1:
        wrong.append(f"{SERVER} and {CLIENT} differ; both must be the same")
    return wrong


def require_guarded(settings: Settings) -> None:
    """Errors: DondocError where the running Prefect server asks nobody who he is, or does not take our own login."""
    try:
        anybody = httpx.post(f"{settings.prefect_api_url}{ASKED}", json={}, timeout=10).status_code
        known = os.environ.get(CLIENT, "")
        user, _, password = known.partition(":")
        ours = httpx.post(
            f"{settings.prefect_api_url}{ASKED}",
            json={},
            timeout=10,
            auth=(user, password) if known else None,
        ).status_code
    except httpx.HTTPError:
        return  # whoever asks next says that it is away
    if anybody not in REFUSED:
        raise DondocError(
            f"the Prefect server at {settings.prefect_api_url} lets everybody decide and read; set {SERVER} for it and "
            f"{CLIENT} for all that call it (docs/security.md), and restart them"
        )
    require_known(ours)


def require_known(status: int) -> None:
    """Errors: DondocError where the server refused our login."""
    if status in REFUSED:
        raise DondocError(f"the Prefect server does not take {CLIENT}; set it as {SERVER} is set there")


def is_real(engine: Engine) -> bool:
    """Whether a ledger is no rehearsal's: an empty one is not."""
    with reading(engine) as session:
        return not has_rehearsal(session)


def fill(text: str) -> tuple[str, list[str], list[str]]:
    """(an environment file with new secrets where a name has none, those names, names it has no line for at all).

    What is set stays; a name that is commented out, or given as a file, is left out on purpose.
    """
    login = f"dondoc:{secrets.token_hex(24)}"
    given = dict(re.findall(r"^([A-Z_]+)=(.+)$", text, re.MULTILINE))
    login = next((given[name] for name in (SERVER, CLIENT) if name in given), login)
    values = {setting(purpose): secrets.token_hex(32) for purpose in PURPOSES} | {
        SERVER: login,
        CLIENT: login,
    }
    missing = [
        name
        for name in values
        if not re.search(rf"^[#\s]*{name}(_FILE)?=", text, re.MULTILINE)
        and not (name.startswith("DONDOC_") and "DONDOC_SECRET" in given)
    ]
    filled: list[str] = []
    for name, value in values.items():
        text, n = re.subn(
            rf"^{name}=[ \t]*$", lambda _, line=f"{name}={value}": line, text, flags=re.MULTILINE
        )
        filled += [name] if n else []
    return text, filled, missing


def replace(file: Path, text: str) -> None:
    """Whole or not at all, with the owner and the mode of before. Errors: OSError."""
    was = file.stat()
    descriptor, unfinished = tempfile.mkstemp(dir=file.parent)  # of mode 0600
    with os.fdopen(descriptor, "w", encoding="utf-8") as out:
        out.write(text)
        os.fchown(out.fileno(), was.st_uid, was.st_gid)
        os.fchmod(out.fileno(), was.st_mode & 0o7777)
    Path(unfinished).replace(file)
