"""Where this installation's secrets come from: the environment, files that it names, or files under DONDOC_HOME."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from directives.errors import DondocError
from notifications import whole_files
from notifications.keys import PURPOSES, Keys, Purpose, Secret, ring, secrets_in

SETTING = "DONDOC_SECRET"
# A file for all purposes; a folder with one for each that was rotated by itself.
ROOT, OWN = "secret", "secrets"


@dataclass(frozen=True, slots=True)
class Source:
    """Where the secrets of a purpose stand: `name` is a setting, or a file below DONDOC_HOME (`given` is False)."""

    name: str
    given: bool
    secrets: tuple[Secret, ...]


@dataclass(frozen=True, slots=True)
class Keyring:
    """The secrets of an installation. `given`: those that its settings hold, by the names of the settings."""

    home: Path
    given: Mapping[str, str] = field(default_factory=dict[str, str], repr=False)

    def keys(self, *purposes: Purpose) -> Keys:
        """The rings of these purposes. Errors: DondocError where a secret is written wrong."""
        return Keys({one: ring(one, self.source(one).secrets) for one in purposes})

    def source(self, purpose: Purpose) -> Source:
        """The purpose's own secrets, else those that serve for all; made at first need. Errors: DondocError."""
        file = self.home / OWN / purpose
        if setting(purpose) in self.given:
            return self._given(setting(purpose))
        if file.exists():
            return _kept(file, f"{OWN}/{purpose}")
        if SETTING in self.given:
            return self._given(SETTING)
        return _kept(_made(self.home), ROOT)

    def files(self) -> list[str]:
        """The files below DONDOC_HOME that hold secrets in use."""
        return sorted({one.name for one in map(self.source, PURPOSES) if not one.given})

    def settings(self) -> list[str]:
        """The settings that hold the others."""
        return sorted({one.name for one in map(self.source, PURPOSES) if one.given})

    def require_own(self, purpose: Purpose, until: date) -> Source:
        """The secrets that lie here. Errors: DondocError where they come from the environment, which is rotated there."""
        source, own = self.source(purpose), setting(purpose)
        if source.given:
            raise DondocError(
                f"the secret for '{purpose}' comes from {source.name}; set {own} (or the file that {own}_FILE names) to a new "
                f"secret, a space, and the one before with @{until} behind it, then restart everything"
            )
        return source

    def rotate(self, purpose: Purpose, until: date) -> None:
        """A new secret for the purpose; what those before made is accepted until the end of that day, by UTC, at most.

        Errors: DondocError where it comes from the environment.
        """
        before = self.require_own(purpose, until).secrets
        ended = [Secret(one.value, min(one.until or until, until)) for one in before]
        kept = [Secret(secrets.token_hex(32)), *ended]
        _write(self.home / OWN / purpose, "\n".join(map(str, kept)) + "\n", over=True)

    def _given(self, name: str) -> Source:
        return Source(name, True, secrets_in(self.given[name], name))


def setting(purpose: Purpose) -> str:
    """Of the purpose's own secrets."""
    return f"DONDOC_{purpose.upper()}_SECRET"


def is_secret(name: str) -> bool:
    """Whether a path below DONDOC_HOME is that of a secret."""
    return name == ROOT or name.startswith(f"{OWN}/")


def _kept(file: Path, name: str) -> Source:
    try:
        return Source(name, False, secrets_in(file.read_text(encoding="utf-8"), str(file)))
    except OSError as error:
        raise DondocError(
            f"{file} cannot be read ({error.strerror}); it must be readable for dondoc's user"
        ) from error


def _made(home: Path) -> Path:
    file = home / ROOT
    if not file.exists():
        _write(file, secrets.token_hex(32), over=False)
    return file


def _write(file: Path, text: str, *, over: bool) -> None:
    """Not `over` that of another process, which was first."""
    file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    whole_files.put(file, text.encode(), over=over)
