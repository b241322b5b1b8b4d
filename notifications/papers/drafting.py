"""Drafting a paper: its facts are read, rendered once, kept by SHA-256, and given back as they are ever after."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, time
from pathlib import Path

from sqlalchemy import Engine
from sqlmodel import Session

from directives.deadline import A_MOMENT
from directives.errors import DondocError, Refused
from directives.ledger import paper_rows
from directives.ledger.addenda import addendum_facts
from directives.ledger.casebook import Casebook
from directives.ledger.engine import begin, reading
from directives.ledger.letters import letter_facts, letter_rung_came
from directives.ledger.paper_rows import ADDENDUM, LETTER, REPORT, Draft, Kept
from directives.ledger.papers import cut_off_of, report_facts
from directives.ledger.states import campaign_row
from directives.papers import AddendumFacts, Head, LetterFacts, ReportFacts
from notifications.fairness import remarks_in_words
from notifications.papers.letter import letter_view
from notifications.papers.report import addendum_view, report_view
from notifications.papers.wording import until
from notifications.replies.file_store import FileStore
from notifications.words import entry

Facts = ReportFacts | AddendumFacts | LetterFacts


@dataclass(frozen=True, slots=True)
class Office:
    """Where papers lie, where the office keeps Word templates of its own, and what is fair to say of late steps."""

    engine: Engine
    store: FileStore
    templates: Path | None = None
    remarks: Callable[[Casebook, datetime], Mapping[int, str]] = remarks_in_words

    def draft_report(self, campaign: str, at: datetime | None, now: datetime) -> Kept:
        """The consolidated report at a cut-off, the campaign's own when none is given: the one that was frozen, or a new one.

        Errors: Refused when the cut-off is still to come, or before the opening.
        """
        with reading(self.engine) as session:
            book = _book(session, campaign)
            cut_off = at or cut_off_of(book)
            _must_be_past(book, cut_off, now)
            if known := paper_rows.kept(session, book.campaign, REPORT, cut_off):
                return known
            today = book.calendar.local(now).date()
            facts = report_facts(book, cut_off, today, self.remarks(book, cut_off))
        return self._keep(campaign, facts, cut_off, now)

    def draft_addendum(self, campaign: str, at: datetime | None, now: datetime) -> Kept:
        """What came after the last report or addendum, until `at` or now. Errors: Refused when nothing did."""
        with reading(self.engine) as session:
            book = _book(session, campaign)
            cut_off = at or now
            _must_be_past(book, cut_off, now)
            if known := paper_rows.kept(session, book.campaign, ADDENDUM, cut_off):
                return known
            before = facts_of(paper_rows.newest(session, book.campaign, cut_off))
            assert not isinstance(before, LetterFacts)
            facts = addendum_facts(book, before, cut_off, book.calendar.local(now).date())
        return self._keep(campaign, facts, cut_off, now)

    def draft_letter(self, campaign: str, now: datetime, *, asked: bool = False) -> Kept | None:
        """The day's urging letter: when a letter rung came today, or when it is `asked` for. One draft a day.

        It is a draft to be signed; nothing here or elsewhere sends it. Errors: DondocError when there is nobody to urge.
        """
        with reading(self.engine) as session:
            book = _book(session, campaign)
            at = book.calendar.planning_instant(now)
            if not asked and (book.definition.campaign.report is None or not letter_rung_came(book, at)):
                return None
            day = book.calendar.opening_of(book.calendar.local(at).date())
            known = paper_rows.kept(session, book.campaign, LETTER, day)
            if known and known.issued_on:
                return known
            facts = letter_facts(book, at)
        return self._keep(campaign, facts, day, now)

    def read(self, paper: Kept) -> bytes:
        """Its bytes as they were kept. Errors: DondocError when they are lost."""
        try:
            return self.store.read(paper.sha256)
        except FileNotFoundError as error:
            lies = self.store.path(paper.sha256)
            raise DondocError(
                f"{paper.file_name} no longer lies in {lies}; restore it from a backup"
            ) from error

    def _keep(self, campaign: str, facts: Facts, cut_off: datetime, now: datetime) -> Kept:
        sha256 = self.store.keep(rendered(facts, self.templates))
        draft = Draft(
            kind=facts.kind,
            cut_off=cut_off,
            facts=facts.model_dump(mode="json", exclude_defaults=False),
            sha256=sha256,
            file_name=_file_name(facts.head, facts.kind, campaign, _moment(facts)),
            step_ids=_named(facts),
        )
        with begin(self.engine) as session:
            return paper_rows.keep(session, campaign, draft, now, now)


def rendered(facts: Facts, own: Path | None = None) -> bytes:
    """The .docx of these facts: the same facts and template give the same bytes."""
    if isinstance(facts, ReportFacts):
        view = report_view(facts)
    elif isinstance(facts, AddendumFacts):
        view = addendum_view(facts)
    else:
        view = letter_view(facts)
    from notifications.papers.render import (  # python-docx: a pass without a letter does without
        render,
        template_of,
    )

    return render(template_of(facts.kind, own), view, _moment(facts))


def _moment(facts: Facts) -> datetime:
    """The local instant that the paper speaks of."""
    return facts.at if isinstance(facts, LetterFacts) else facts.cut_off


def facts_of(paper: Kept) -> Facts:
    kinds: dict[str, type[Facts]] = {REPORT: ReportFacts, ADDENDUM: AddendumFacts, LETTER: LetterFacts}
    return kinds[paper.kind].model_validate(paper.facts)


def _named(facts: Facts) -> tuple[int, ...]:
    """The steps that an urging letter holds against somebody; a report and its addendum know theirs by `standing`."""
    if isinstance(facts, LetterFacts):
        return tuple(sorted({step_id for item in facts.items for step_id in item.step_ids}))
    return ()


def _must_be_past(book: Casebook, cut_off: datetime, now: datetime) -> None:
    """Errors: Refused for a cut-off to come, or one before there was anything to report."""
    local, opened_at = book.calendar.local, book.campaign.opened_at
    if cut_off > now:
        raise Refused(
            f"the cut-off {local(cut_off):%Y-%m-%d %H:%M} is still to come ({local(now):%Y-%m-%d %H:%M}); "
            "name an earlier one with --at",
            "paper_to_come",
            day=until(local(cut_off)),
        )
    if cut_off < opened_at:
        raise Refused(
            f"the cut-off {local(cut_off):%Y-%m-%d %H:%M} is before the campaign was opened "
            f"({local(opened_at):%Y-%m-%d %H:%M}); name a later one with --at",
            "paper_too_early",
            day=until(local(cut_off)),
            opened=f"{local(opened_at):%d/%m/%Y}",
        )


def _file_name(head: Head, kind: str, campaign: str, cut_off: datetime) -> str:
    """bao-cao-tong-hop-dan-van-kheo-2020-20201109.docx: until that day's end; no letter that a mail could stumble over."""
    names = entry("paper.file_name")
    rehearsal = names["rehearsal"] if head.rehearsal else ""
    whole_day = kind == LETTER or cut_off.time() == time(0)
    last = cut_off if kind == LETTER else cut_off - A_MOMENT
    when = f"{last:%Y%m%d}" if whole_day else f"{cut_off:%Y%m%d-%H%M}"
    return f"{rehearsal}{names[kind]}-{campaign}-{when}.docx"


def _book(session: Session, campaign: str) -> Casebook:
    return Casebook(session, campaign_row(session, campaign))
