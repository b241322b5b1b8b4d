"""`dondoc secrets`: where the secrets come from, and a new one beside the old. Their values are never printed."""

from __future__ import annotations

import json
import os
import re
import secrets
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Annotated

import typer

from cli.guarded import CLIENT, SERVER, wrong_with
from config.settings import load_settings
from directives.errors import DondocError
from directives.findings import nearest
from notifications import whole_files
from notifications.keyring import Keyring, setting
from notifications.keys import PURPOSES, Purpose
from tasks.workplace import keyring_of, machine_now

SHORTEST = 32  # characters of a secret: one of 128 random bits in hexadecimal


def register(app: typer.Typer) -> None:
    group = typer.Typer(
        help="The secrets of links, reply addresses and seals; their values are never printed."
    )
    group.command("show")(show)
    group.command("rotate")(rotate)
    group.command("fill")(fill)
    group.command("check")(check)
    app.add_typer(group, name="secrets")


def show(as_json: Annotated[bool, typer.Option("--json", help="As JSON.")] = False) -> None:
    """Where each purpose's secret comes from, and until when what older ones made is accepted."""
    keyring, today = keyring_of(load_settings()), machine_now().date()
    found = {purpose: _described(keyring, purpose, today) for purpose in PURPOSES}
    if as_json:
        print(json.dumps({name: asdict(one) for name, one in found.items()}, ensure_ascii=False, indent=2))
        return
    for purpose, one in found.items():
        old = f"; older ones until {', '.join(one.older)}" if one.older else ""
        print(f"{purpose:<14}{one.source}{old}")


@dataclass(frozen=True, slots=True)
class Described:
    """Where a purpose's secret comes from; until when older ones are accepted."""

    source: str
    older: list[str]


def _described(keyring: Keyring, purpose: Purpose, today: date) -> Described:
    source = keyring.source(purpose)
    older = [one.until for one in source.secrets[1:] if one.until is None or one.until >= today]
    where = source.name if source.given else f"DONDOC_HOME/{source.name}"
    return Described(where, [str(one or "taken away") for one in older])


def rotate(
    purposes: Annotated[
        list[str] | None, typer.Argument(help=f"{', '.join(PURPOSES)}; all when none is given.")
    ] = None,
    days: Annotated[
        int | None,
        typer.Option(
            help="For how many days the old one is accepted; 0: it was seen; DONDOC_TOKEN_DAYS when not given.",
            min=0,
        ),
    ] = None,
) -> None:
    """Make a new secret; what the old one made is accepted for a time. Then restart the mail loop and the page.

    What units hold works on until it expires: the ledger knows it by its hash. To end it at once: 'dondoc links revoke'.
    """
    settings = load_settings()
    chosen: list[Purpose] = [_purpose(one) for one in purposes] if purposes else [*PURPOSES]
    days = settings.token_days if days is None else days
    until = machine_now().date() + timedelta(days=days or -1)  # the last day on which it counts
    keyring = keyring_of(settings)
    for purpose in chosen:  # all or none
        keyring.require_own(purpose, until)
    for purpose in chosen:
        keyring.rotate(purpose, until)
        ends = f"what the old one made is accepted until {until} (UTC)"
        print(
            f"{purpose}: a new secret; {ends if days else 'what the old ones made is not accepted any more'}"
        )
    print("restart dondoc-mail and dondoc-page; the next pass puts a new coordinators' link on the board")


def fill(
    file: Annotated[Path, typer.Argument(help="An environment file, such as /etc/dondoc/dondoc.env.")],
) -> None:
    """Write new secrets into an environment file where a name has none: dondoc's own, and Prefect's login on both sides."""
    try:
        text, filled, missing = _filled(file.read_text(encoding="utf-8"))
        if filled:
            whole_files.put(file, text.encode(), like=file.stat())
    except FileNotFoundError as error:
        raise DondocError(
            f"{file} is not there; copy deploy/systemd/dondoc.env.example there first, then run this again"
        ) from error
    except OSError as error:
        raise DondocError(f"{file} cannot be filled in ({error.strerror}); run this as its owner") from error
    for name in filled:
        print(f"{name} filled in")
    print(f"{file}: {len(filled)} secrets made; what was set stays")
    if missing:
        print(
            f"not in the file, so not made: {', '.join(missing)}; to have one made, add a line 'NAME=' for it and "
            "run this again"
        )


def _filled(text: str) -> tuple[str, list[str], list[str]]:
    """(an environment file with new secrets where a name has none, those names, names it has no line for at all).

    What is set stays; a name that is commented out, or given as a file, is left out on purpose.
    """
    given = dict(re.findall(r"^([A-Z_]+)=(.+)$", text, re.MULTILINE))
    login = given.get(SERVER) or given.get(CLIENT) or f"dondoc:{secrets.token_hex(24)}"
    values = {setting(purpose): secrets.token_hex(32) for purpose in PURPOSES}
    values |= {SERVER: login, CLIENT: login}
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


def check(
    server: Annotated[bool, typer.Option("--server", help="For the Prefect server itself.")] = False,
) -> None:
    """Before a service starts: whether the secrets can be read, and whether Prefect asks who comes. Exit status 1 if not."""
    keyring = keyring_of(load_settings())
    wrong = wrong_with(os.environ, server=server)
    for purpose in PURPOSES if not server else ():
        try:
            source = keyring.source(purpose)
            if len(source.secrets[0].value) < SHORTEST:
                wrong.append(
                    f"{source.name} is shorter than {SHORTEST} characters; write one of 32 random bytes, such as "
                    "'openssl rand -hex 32'"
                )
        except DondocError as error:
            wrong.append(str(error))
    if wrong:
        raise DondocError("\ndondoc: ".join(dict.fromkeys(wrong)))


def _purpose(name: str) -> Purpose:
    for purpose in PURPOSES:
        if name == purpose:
            return purpose
    raise DondocError(f"'{name}' is no purpose of a secret{nearest(name, list(PURPOSES))}")
