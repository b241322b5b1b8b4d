"""`dondoc backup` and `dondoc restore`: ledger, raw mail, evidence, papers and secret, as one folder."""

from __future__ import annotations

import os
import shutil
from importlib.metadata import version
from pathlib import Path
from typing import Annotated

import typer
from alembic.util import CommandError
from sqlalchemy import Engine, inspect, make_url
from sqlalchemy.exc import DatabaseError

from cli import backup_folder
from cli.access import ledger_engine
from cli.ask import verified
from cli.backup_folder import LEDGER, Taken
from config.settings import Settings, load_settings
from directives.errors import DondocError
from directives.ledger.engine import begin, make_engine, migrate, reading
from directives.ledger.restoring import doubt_unsent, files_named, is_empty, last_sign
from notifications.keyring import is_secret
from notifications.keys import PURPOSES
from tasks.workplace import keyring_of, machine_now


def register(app: typer.Typer) -> None:
    app.command("backup")(backup)
    app.command("restore")(restore)


def backup(
    folder: Annotated[
        Path, typer.Argument(help="A folder that is not there yet; it is there whole or not at all.")
    ],
) -> None:
    """Copy the ledger, raw mail, evidence, papers, own templates and the secret, while everything runs.

    A ledger on PostgreSQL is not copied: run pg_dump first, this second. The folder holds the installation's secret
    and what people wrote: keep it as safe as the original. Exit status 1 when a file is damaged or missing.
    """
    settings = load_settings()
    if folder.exists():
        raise DondocError(f"'{folder}' is there already; name a new folder")
    if folder.resolve().is_relative_to(settings.home.resolve()):
        raise DondocError(
            f"'{folder}' lies in DONDOC_HOME, with which it would be lost; name a folder outside it"
        )
    unfinished = folder.with_name(f"{folder.name}.unfinished")
    try:
        shutil.rmtree(unfinished, ignore_errors=True)
        unfinished.mkdir(parents=True, mode=0o700)
        taken, wrong = _take(settings, unfinished)
        os.replace(unfinished, folder)
    except OSError as error:
        raise DondocError(
            f"the backup was not made ({error.strerror or error}); name another folder"
        ) from error
    finally:
        shutil.rmtree(unfinished, ignore_errors=True)
    print(f"{folder}: {len(taken.files)} files, {sum(size for _, size in taken.files.values()):,} bytes")
    if taken.ledger != "sqlite":
        print("the ledger is on PostgreSQL and not in it: keep the pg_dump made just before beside it")
    for name in keyring_of(settings).settings():
        print(f"the secret is not in it, but in {name}: keep that too")
    if wrong:
        raise DondocError("\ndondoc: ".join(wrong))


def _take(settings: Settings, target: Path) -> tuple[Taken, list[str]]:
    """The ledger first: whatever file it speaks of was written before it."""
    home, taken_at = settings.home.resolve(), machine_now()
    engine, database = ledger_engine(settings), _file_of(settings)
    code = backup_folder.secret_code(keyring_of(settings).keys(*PURPOSES))
    if database:
        backup_folder.copy_ledger(database, target / LEDGER)
    with reading(engine) as session:
        named = files_named(session)
    found = [*backup_folder.files_below(home), *keyring_of(settings).files()]
    backup_folder.copy_files(home, found, target)
    files = backup_folder.listed(target, [*([LEDGER] if database else []), *found])
    kind = "sqlite" if database else "postgresql"
    taken = Taken(version("dondoc"), taken_at.isoformat(), kind, code, files)
    backup_folder.write_list(target, taken)
    return taken, [*backup_folder.damaged(files), *backup_folder.missing(named, files)]


def _file_of(settings: Settings) -> Path | None:
    """Where SQLite keeps the ledger; None for a database that is no file."""
    url = make_url(settings.ledger_url)
    return Path(url.database or "") if url.drivername == "sqlite" else None


def restore(
    folder: Annotated[Path, typer.Argument(help="A folder that 'dondoc backup' made.")],
    resend: Annotated[
        bool,
        typer.Option(
            "--resend",
            help="Send what the ledger holds as unsent, although it may have left after the backup.",
        ),
    ] = False,
) -> None:
    """Put a backup into an empty DONDOC_HOME, after every file of it was checked. Stop all of dondoc's processes first.

    What may have left after the backup is not sent again, but shown by 'dondoc status' as uncertain; a coordinator
    may nudge. A ledger that holds anything is never overwritten. On PostgreSQL, run pg_restore first, this second.
    """
    settings, taken = load_settings(), backup_folder.read_list(folder)
    home, target = settings.home.resolve(), _file_of(settings)
    _require_room(settings, taken, folder, target)
    try:
        home.mkdir(parents=True, exist_ok=True, mode=0o700)
        backup_folder.copy_files(folder, (name for name in taken.files if name != LEDGER), home)
        if target:
            doubts = _put_in_place(folder / LEDGER, target, taken, resend=resend)
        else:
            doubts = _settle(_restored_database(settings, taken), taken, resend=resend)
    except OSError as error:
        raise DondocError(f"nothing can be restored to {home} ({error.strerror or error})") from error
    print(
        f"{len(taken.files)} files of {taken.at:%Y-%m-%d %H:%M} UTC restored to {home}; the ledger is whole"
    )
    for key, count in doubts.items():
        if count:
            print(
                f"{key}: {count} mails may have left after the backup and are not sent again; see 'dondoc status'"
            )
    if backup_folder.secret_code(keyring_of(settings).keys(*PURPOSES)) != taken.secret:
        print(
            "the secret is not the one of the backup: coordinators' links have ended, and bounces of earlier mails are not "
            "known by their address; links and reply addresses that units hold work on"
        )


def _require_room(settings: Settings, taken: Taken, folder: Path, target: Path | None) -> None:
    """Errors: DondocError for another kind of database, a ledger with content, or another secret."""
    if taken.ledger == "sqlite" and target is None:
        raise DondocError("the backup's ledger is a file of SQLite; unset DONDOC_DATABASE_URL")
    if taken.ledger != "sqlite" and target is not None:
        raise DondocError(
            "the backup's ledger is on PostgreSQL; pg_restore it and set DONDOC_DATABASE_URL to it"
        )
    for name in filter(is_secret, taken.files):
        own = settings.home / name
        if own.exists() and own.read_bytes() != (folder / name).read_bytes():
            raise DondocError(
                f"{own} is another than the backup's; move it away, or restore to another DONDOC_HOME"
            )
    if target is not None and target.exists():
        engine = make_engine(settings.ledger_url)
        try:
            with reading(engine) as session:
                empty = not inspect(engine).has_table("campaigns") or is_empty(session)
        except DatabaseError as error:
            raise DondocError(f"{target} is no ledger of dondoc ({error.orig}); move it away") from error
        finally:
            engine.dispose()
        if not empty:
            raise DondocError(
                f"{target} holds a ledger already; move it away, or restore to another DONDOC_HOME"
            )


def _restored_database(settings: Settings, taken: Taken) -> Engine:
    """The database that pg_restore filled. Errors: DondocError for one that went on after the backup: the live one."""
    engine = ledger_engine(settings)
    with reading(engine) as session:
        since = last_sign(session)
    if since is not None and since > taken.at:
        raise DondocError(
            f"the ledger went on until {since:%Y-%m-%d %H:%M} UTC, after this backup of {taken.at:%Y-%m-%d %H:%M}: it was not "
            "restored from it; nothing changed; check DONDOC_DATABASE_URL, and run pg_restore first"
        )
    return engine


def _put_in_place(copy: Path, target: Path, taken: Taken, *, resend: bool) -> dict[str, int]:
    """Brought up to date, settled and verified beside its place: there it is whole or not at all."""
    unfinished = target.with_name(f"{target.name}.unfinished")
    for suffix in ("-wal", "-shm"):  # of a restore that was interrupted: they are no part of this copy
        unfinished.with_name(unfinished.name + suffix).unlink(missing_ok=True)
    shutil.copyfile(copy, unfinished)
    unfinished.chmod(0o600)
    engine = make_engine(f"sqlite:///{unfinished}")
    try:
        migrate(engine)
        doubts = _settle(engine, taken, resend=resend)
    except CommandError as error:
        raise DondocError(
            f"the backup was made by dondoc {taken.version}, which is newer; install that"
        ) from error
    finally:
        engine.dispose()  # the last connection writes its log into the file
    for suffix in ("", "-wal", "-shm"):
        target.with_name(target.name + suffix).unlink(missing_ok=True)
    unfinished.replace(target)
    return doubts


def _settle(engine: Engine, taken: Taken, *, resend: bool) -> dict[str, int]:
    """Errors: DondocError when the ledger is not as its events say, or speaks of files that were not kept."""
    with begin(engine) as session:
        doubts = {} if resend else doubt_unsent(session, taken.at, machine_now())
    with reading(engine) as session:
        wrong = [f"{key}: {line}" for key, lines in verified(session) for line in lines]
        wrong += backup_folder.missing(files_named(session), taken.files)
    if wrong:
        raise DondocError("\ndondoc: ".join(wrong))
    return doubts
