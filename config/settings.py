"""The environment (`DONDOC_…`) → one frozen Settings, built once and passed as a value."""

from __future__ import annotations

import json
import os
import re
from datetime import time
from ipaddress import ip_address
from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

from pydantic import (
    AfterValidator,
    BeforeValidator,
    Field,
    SecretStr,
    ValidationError,
    ValidationInfo,
    field_validator,
)
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from config.sentences import sentences
from directives.errors import BadInput, DondocError, Problem
from directives.findings import nearest
from directives.model import is_address
from directives.workdays import SendWindow

PREFIX = "DONDOC_"
FILE = "_FILE"  # DONDOC_SMTP_PASSWORD_FILE names a file that holds DONDOC_SMTP_PASSWORD
NO_SETTINGS = ("DONDOC_DISPATCHES",)  # read by trials, not by dondoc
WINDOW_EXAMPLE = '[["07:30","11:30"],["13:00","16:30"]]'


def _host(value: str) -> str:
    if not re.fullmatch(r"[A-Za-z0-9.:_-]+", value):
        raise ValueError(f"'{value}' is no host; write a name or an address, such as 127.0.0.1")
    return value


def _address(value: str) -> str:
    if not is_address(value):
        raise ValueError(f"'{value}' is not a mail address; write one like ops@dondoc.example")
    return value


def _web_address(value: str) -> str:
    if urlsplit(value).scheme not in ("http", "https") or not urlsplit(value).hostname:
        raise ValueError(f"'{value}' is no web address; write one like http://127.0.0.1:4200")
    return value


def _database(value: str) -> str:
    if not value.startswith(("sqlite:///", "postgresql+psycopg://")):
        raise ValueError(
            "is no database dondoc knows; write sqlite:///FILE or postgresql+psycopg://USER:PASSWORD@HOST/NAME"
        )
    return value


def _clock(value: Any) -> Any:
    if isinstance(value, str) and re.fullmatch(r"([01]\d|2[0-3]):[0-5]\d", value):
        return time.fromisoformat(value)
    if isinstance(value, time):
        return value
    raise ValueError(f"'{value}' is no time of day; write it like 08:00")


Port = Annotated[int, Field(ge=1, le=65535)]
Host = Annotated[str, AfterValidator(_host)]
Address = Annotated[str, AfterValidator(_address)]
# Of these, empty means that there is none.
AddressOrNone = Annotated[str, AfterValidator(lambda value: value and _address(value))]
HeartbeatOrNone = Annotated[
    str, AfterValidator(lambda value: _web_address(value) if "://" in value else value)
]
WebAddressOrNone = Annotated[str, AfterValidator(lambda value: value and _web_address(value))]
DatabaseOrNone = Annotated[str, AfterValidator(lambda value: value and _database(value))]
Clock = Annotated[time, BeforeValidator(_clock)]
Span = tuple[Clock, Clock]


class Settings(BaseSettings):
    """Everything that differs between two installations. `DONDOC_HOME` holds all state."""

    # A variable set to nothing is not set: `DONDOC_HOME=` must not mean the current folder.
    model_config = SettingsConfigDict(
        env_prefix=PREFIX, frozen=True, extra="ignore", env_ignore_empty=True, validate_default=False
    )

    home: Path = Path("var")
    database_url: DatabaseOrNone = Field(default="", repr=False)  # it holds a password
    contacts: Path | None = None
    # For links, reply addresses and seals: all from one, or a purpose's own. Several: the newest first (notifications/keys.py).
    secret: SecretStr | None = None
    reply_secret: SecretStr | None = None
    page_secret: SecretStr | None = None
    coordinators_secret: SecretStr | None = None
    seal_secret: SecretStr | None = None

    host: Host = "127.0.0.1"
    prefect_port: Port = 4200
    smtp_port: Port = 2525
    imap_port: Port = 2143
    inbox_port: Port = 2580
    page_port: Port = 4280

    smtp_host: Host = "127.0.0.1"
    smtp_username: str = ""
    smtp_password: SecretStr = SecretStr("")
    smtp_security: Literal["none", "starttls", "tls"] = "none"
    smtp_timeout: Annotated[float, Field(gt=0)] = 30.0
    smtp_connections: Annotated[int, Field(ge=1, le=64)] = 4
    mail_from: Address = "dondoc@dondoc.example"
    mail_name: str = "Hệ thống theo dõi nhiệm vụ"
    ops_address: Address = "ops@dondoc.example"
    redirect_to: AddressOrNone = ""
    max_mails_per_slot: Annotated[int, Field(ge=1)] = 500
    # What the mail server takes of all deliverers together; 0: no limit.
    max_mails_per_minute: Annotated[int, Field(ge=0)] = 0
    max_mails_per_day: Annotated[int, Field(ge=0)] = 0
    max_mails_per_domain_minute: Annotated[int, Field(ge=0)] = 0
    token_days: Annotated[int, Field(ge=1)] = 180
    # Until a collector reads replies, nothing can wait for the mailbox to be read.
    collector: bool = False
    imap_host: Host = "127.0.0.1"
    imap_username: str = ""
    imap_password: SecretStr = SecretStr("")
    imap_security: Literal["none", "starttls", "tls"] = "tls"
    imap_folder: str = "INBOX"
    # The server whose Authentication-Results say whether a sender is who it says (RFC 8601).
    authserv_id: str = ""
    # For the trial mail, which checks nobody: answers from registered addresses count as they are.
    trust_unchecked: bool = False
    poll_seconds: Annotated[float, Field(gt=0)] = 30.0
    # A file that is touched, or an address that is fetched, while mail leaves as it should; empty: none.
    heartbeat: HeartbeatOrNone = ""
    # For how long due mail may stay before the heartbeat stops: three times what lies between two deliveries.
    heartbeat_minutes: Annotated[int, Field(ge=1)] = 45

    send_window: Annotated[tuple[Span, ...], NoDecode] = (
        (time(7, 30), time(11, 30)),
        (time(13, 0), time(16, 30)),
    )
    slot: Annotated[Clock, Field(validate_default=True)] = time(8, 0)
    prefect_ui_url: WebAddressOrNone = ""
    inbox_url: WebAddressOrNone = ""
    # Where unit leads find the page; mails carry no link without it.
    page_url: WebAddressOrNone = ""

    @field_validator("send_window", mode="before")
    @classmethod
    def _spans(cls, value: Any) -> Any:
        try:
            spans = json.loads(value) if isinstance(value, str) else value
        except ValueError:
            spans = None
        if isinstance(spans, (list, tuple)) and all(
            isinstance(s, (list, tuple)) and len(s) == 2 for s in spans
        ):
            return spans
        raise ValueError(f"'{value}' is no list of spans; write one like {WINDOW_EXAMPLE}")

    @field_validator("send_window")
    @classmethod
    def _in_order(cls, value: tuple[Span, ...]) -> tuple[Span, ...]:
        clocks = [clock for span in value for clock in span]
        if not clocks or clocks != sorted(set(clocks)):
            raise ValueError(f"must be spans in the order of the day, such as {WINDOW_EXAMPLE}")
        return value

    @field_validator("slot")
    @classmethod
    def _inside_the_window(cls, value: time, info: ValidationInfo) -> time:
        spans: tuple[Span, ...] = info.data.get("send_window", ((time.min, time.max),))
        if not any(start <= value < end for start, end in spans):
            first = f"{spans[0][0]:%H:%M}"
            raise ValueError(
                f"{value:%H:%M} lies outside the send window; no digest could leave: write {first} or another time inside it"
            )
        return value

    @property
    def secrets(self) -> dict[str, str]:
        """Those of links, reply addresses and seals that are set, by the names of their settings."""
        found = {name: getattr(self, name) for name in Settings.model_fields if name.endswith("secret")}
        return {f"{PREFIX}{name}".upper(): one.get_secret_value() for name, one in found.items() if one}

    @property
    def window(self) -> SendWindow:
        return SendWindow(self.send_window, self.slot)

    @property
    def rehearsal_window(self) -> SendWindow:
        """A rehearsal's slot is the window's opening: its clock stands there."""
        return SendWindow(self.send_window, self.send_window[0][0])

    @property
    def ledger_url(self) -> str:
        return self.database_url or f"sqlite:///{self.home.resolve() / 'ledger.db'}"

    @property
    def prefect_api_url(self) -> str:
        return f"http://{self.host}:{self.prefect_port}/api"

    @property
    def ui_url(self) -> str:
        return self.prefect_ui_url or f"http://{self.host}:{self.prefect_port}"

    @property
    def trial_inbox_url(self) -> str:
        return self.inbox_url or f"http://{self.host}:{self.inbox_port}"

    @property
    def trial_page_url(self) -> str:
        return self.page_url or f"http://{self.host}:{self.page_port}"

    def require_trial_mailbox(self) -> None:
        """Unchecked senders are believed only in the trial mail. Errors: DondocError."""
        if self.trust_unchecked and self.imap_host != "localhost" and not _is_loopback(self.imap_host):
            raise DondocError(
                f"DONDOC_TRUST_UNCHECKED is for the trial mail only, and DONDOC_IMAP_HOST={self.imap_host} is not a "
                "loopback address; set DONDOC_AUTHSERV_ID instead"
            )

    def require_loopback(self) -> None:
        """A rehearsal writes to no real server. Errors: DondocError."""
        if self.smtp_host != "localhost" and not _is_loopback(self.smtp_host):
            raise DondocError(
                f"this ledger holds a rehearsal, and DONDOC_SMTP_HOST={self.smtp_host} is not a loopback address; "
                "use 127.0.0.1 or another DONDOC_HOME"
            )


def load_settings() -> Settings:
    """Read the environment. Errors: BadInput, one line for every variable that is wrong or that nobody knows."""
    known = [f"{PREFIX}{name}".upper() for name in Settings.model_fields]
    files = [f"{PREFIX}{name}{FILE}".upper() for name in secret_names()]
    problems = [
        Problem("environment", 1, name, f"is no setting{nearest(name, [*known, *files])}")
        for name in os.environ
        if name.startswith(PREFIX) and name not in (*known, *files, *NO_SETTINGS)
    ]
    found, unread = _from_files(files)
    problems += unread
    try:
        settings = Settings(**found)
    except ValidationError as error:
        for loc, sentence, _ in sentences(error, Settings):
            problems.append(Problem("environment", 1, f"{PREFIX}{loc[0]}".upper(), sentence))
        raise BadInput(problems) from error
    if problems:
        raise BadInput(problems)
    return settings


def secret_names() -> list[str]:
    """The settings that hold a secret: each can also be the name of a file that has it, as DONDOC_SMTP_PASSWORD_FILE."""
    secret = [name for name, one in Settings.model_fields.items() if "SecretStr" in str(one.annotation)]
    return ["database_url", *secret]


def _from_files(variables: list[str]) -> tuple[dict[str, Any], list[Problem]]:
    """(values of settings whose secret lies in a file, one line for each file that cannot be read)."""
    found: dict[str, Any] = {}
    problems: list[Problem] = []
    for variable in variables:
        name = variable.removesuffix(FILE)
        if not os.environ.get(variable):
            continue
        if os.environ.get(name):
            problems.append(Problem("environment", 1, variable, f"and {name} are both set; keep one of them"))
            continue
        try:
            text = Path(os.environ[variable]).read_text(encoding="utf-8").strip()
        except (OSError, ValueError) as error:
            reason = error.strerror if isinstance(error, OSError) else "is not UTF-8"
            problems.append(
                Problem("environment", 1, variable, f"names a file that cannot be read ({reason})")
            )
            continue
        if text:
            found[name.removeprefix(PREFIX).lower()] = text
        else:
            problems.append(Problem("environment", 1, variable, "names a file with nothing in it"))
    return found, problems


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False
