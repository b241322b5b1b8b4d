"""The looks that `dondoc mail` takes beside the mailbox: what ops are told, and the heartbeat while deliveries go on."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from rich.console import Console
from sqlalchemy import Engine
from sqlmodel import Session

from config.loader import CONFIG, load_model
from config.settings import Settings
from directives.errors import DondocError
from directives.ledger import health, watch
from directives.ledger.engine import reading
from directives.model import CalendarSpec
from notifications.heartbeat import beat
from notifications.watching import tell_forgotten, tell_missed, tell_undecreed
from tasks import workplace

HOURLY = timedelta(hours=1)
BETWEEN_BEATS = timedelta(minutes=1)


@dataclass
class Lookout:
    """Remembers when it looked last: a restart only looks earlier."""

    settings: Settings
    engine: Engine
    console: Console
    looked_at: datetime | None = None
    beat_at: datetime | None = None

    def look(self, now: datetime) -> int:
        """Write what ops have to know; returns how many mails. Passes are looked after each time, the rest hourly."""
        post = workplace.post_of(self.settings)
        told = tell_missed(self.engine, post, now)
        if self.looked_at is not None and timedelta() <= now - self.looked_at < HOURLY:
            return told
        told += tell_forgotten(self.engine, post, now)
        told += tell_undecreed(self.engine, post, self._calendars(), now)
        self.looked_at = now
        return told

    def heartbeat(self, now: datetime) -> bool:
        """Give the sign of life if mail leaves as it should; once a minute at most. What went wrong is printed."""
        target = self.settings.heartbeat
        if not target or (self.beat_at is not None and timedelta() <= now - self.beat_at < BETWEEN_BEATS):
            return False
        with reading(self.engine) as session:
            found = health.stalled(session, now, timedelta(minutes=self.settings.heartbeat_minutes))
        if found:
            said = "; ".join(f"{one.about}: {one.why}" for one in found)
            self.console.print(f"no heartbeat: {said}", highlight=False, soft_wrap=True)
            return False
        try:
            beat(target)
        except DondocError as error:
            self.console.print(str(error), highlight=False, soft_wrap=True)
            return False
        self.beat_at = now
        return True

    def _calendars(self) -> dict[str, CalendarSpec]:
        with reading(self.engine) as session:
            found, wrong = calendars_followed(session)
        for line in wrong:
            self.console.print(line, highlight=False, soft_wrap=True)
        return found


def calendars_followed(session: Session) -> tuple[dict[str, CalendarSpec], list[str]]:
    """The files of the calendars that open campaigns follow, and what is wrong with one: `dondoc check`'s to tell."""
    found: dict[str, CalendarSpec] = {}
    wrong: list[str] = []
    for key in watch.calendars_followed(session):
        file = CONFIG / "calendars" / f"{key}.yaml"
        try:
            found |= {key: load_model(CalendarSpec, file)} if file.is_file() else {}
        except DondocError as error:
            wrong.append(str(error))
    return found, wrong
