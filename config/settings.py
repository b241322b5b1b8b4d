"""The environment (`DONDOC_…`) → one frozen Settings, built once and passed as a value."""

from __future__ import annotations

from datetime import time
from ipaddress import ip_address
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from directives.errors import BadInput, DondocError, Problem
from directives.model import is_address
from directives.workdays import SendWindow

Port = Annotated[int, Field(ge=1, le=65535)]
Span = tuple[time, time]


class Settings(BaseSettings):
    """Everything that differs between two installations. `DONDOC_HOME` holds all state."""

    model_config = SettingsConfigDict(env_prefix="DONDOC_", frozen=True, extra="ignore")

    home: Path = Path("var")
    database_url: str = ""
    contacts: Path | None = None
    secret: SecretStr | None = None

    host: str = "127.0.0.1"
    prefect_port: Port = 4200
    smtp_port: Port = 2525
    imap_port: Port = 2143
    inbox_port: Port = 2580

    smtp_host: str = "127.0.0.1"
    smtp_username: str = ""
    smtp_password: SecretStr = SecretStr("")
    smtp_security: Literal["none", "starttls", "tls"] = "none"
    smtp_timeout: Annotated[float, Field(gt=0)] = 30.0
    smtp_connections: Annotated[int, Field(ge=1, le=64)] = 4
    mail_from: str = "dondoc@dondoc.example"
    mail_name: str = "Hệ thống theo dõi nhiệm vụ"
    ops_address: str = "ops@dondoc.example"
    redirect_to: str = ""
    max_mails_per_slot: Annotated[int, Field(ge=1)] = 500
    token_days: Annotated[int, Field(ge=1)] = 180
    # Until a collector reads replies, nothing can wait for the mailbox to be read.
    collector: bool = False

    send_window: tuple[Span, ...] = ((time(7, 30), time(11, 30)), (time(13, 0), time(16, 30)))
    slot: time = time(8, 0)
    prefect_ui_url: str = ""
    inbox_url: str = ""

    @field_validator("mail_from", "redirect_to", "ops_address")
    @classmethod
    def _addresses(cls, value: str) -> str:
        if value and not is_address(value):
            raise ValueError(f"{value!r} is not a mail address")
        return value

    @model_validator(mode="after")
    def _window_in_order(self) -> Self:
        clocks = [clock for span in self.send_window for clock in span]
        if not clocks or clocks != sorted(set(clocks)):
            raise ValueError(
                'the send window must be spans in order, such as [["07:30","11:30"],["13:00","16:30"]]'
            )
        if not any(start <= self.slot < end for start, end in self.send_window):
            raise ValueError(f"slot {self.slot:%H:%M} lies outside the send window; no digest could leave")
        return self

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
    def mail_server(self) -> str:
        return f"{self.smtp_host}:{self.smtp_port}"

    def require_loopback(self) -> None:
        """A rehearsal writes to no real server. Errors: DondocError."""
        if self.smtp_host != "localhost" and not _is_loopback(self.smtp_host):
            raise DondocError(
                f"this ledger holds a rehearsal, and DONDOC_SMTP_HOST={self.smtp_host} is not a loopback address; "
                "use 127.0.0.1 or another DONDOC_HOME"
            )


def load_settings() -> Settings:
    """Read the environment. Errors: BadInput, one line for every variable that is wrong."""
    try:
        return Settings()
    except ValidationError as error:
        problems = [
            Problem(
                "environment",
                1,
                "DONDOC_" + "_".join(map(str, one["loc"])).upper(),
                str(one["msg"]).removeprefix("Value error, "),
            )
            for one in error.errors()
        ]
        raise BadInput(problems) from error


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False
