"""The mail server that takes our mail: its address, credentials and patience."""

from base64 import b64encode
from dataclasses import dataclass, field
from typing import Literal

SHORTEST_SECRET = 4  # characters; shorter words of an answer cannot give a password away


@dataclass(frozen=True, slots=True)
class Relay:
    """Where mail is handed over, and how. Times are seconds of silence.

    `timeout` holds for connecting and for every answer but the last; `final_timeout` (None: as `timeout`) for
    the answer after the final dot. RFC 5321 §4.5.3.2.6 asks for 600 there: giving up early makes duplicates.
    `ca_file` (PEM) is trusted beside the system's authorities; certificates are always verified.
    `helo_name` empty: the address literal of our end, which needs no DNS.
    """

    host: str
    port: int
    username: str = ""
    password: str = field(default="", repr=False)
    security: Literal["none", "starttls", "tls"] = "none"
    timeout: float = 30
    final_timeout: float | None = None
    ca_file: str = ""
    helo_name: str = ""

    def __post_init__(self) -> None:
        try:
            good_host = bool(self.host.strip()) and self.host.encode("idna").isascii()
        except UnicodeError:  # an empty or overlong label
            good_host = False
        if not good_host:
            raise ValueError(f"relay host {self.host!r}: give a host name or an address")
        if not 0 < self.port < 2**16:
            raise ValueError(f"relay port {self.port}: give one from 1 to 65535")
        if self.security not in ("none", "starttls", "tls"):
            raise ValueError(f"relay security {self.security!r}: give none, starttls or tls")
        if self.timeout <= 0 or (self.final_timeout is not None and self.final_timeout <= 0):
            raise ValueError("relay timeouts are seconds and must be positive")

    def without_secrets(self, text: str) -> str:
        """An answer to AUTH less our credentials: servers echo what they dislike, whole or cut short."""
        secrets = [self.password]
        for plain in (self.password, f"\0{self.username}\0{self.password}"):
            secrets.append(b64encode(plain.encode("utf-8")).decode("ascii"))

        def gives_away(word: str) -> bool:
            core = word.strip(".,;:'\"()<>[]…")
            return len(core) >= SHORTEST_SECRET and any(core in s or (s and s in word) for s in secrets)

        return " ".join("***" if gives_away(word) else word for word in text.split())
