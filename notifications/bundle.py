"""One mail for the digests of several campaigns to one reader: a section each, with a heading of its own.

What a reader owes himself is numbered through, so that one reply answers all of it; an overview has rows that nobody
answers by number, and counts them in each section.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from directives.digest import CampaignFacts, LeadDigest, OverviewDigest
from notifications.compose import Composed, digest_view
from notifications.dates import directive
from notifications.lead_view import campaign_view, lead_view, strength
from notifications.overview_view import MAX_ROWS, overview_view
from notifications.render import render, render_subject, render_text
from notifications.words import one_line, say


@dataclass(frozen=True, slots=True)
class Sending:
    """What a section promises: whether replies are read, and where its own page is."""

    replies_read: bool
    page_link: str


@dataclass(frozen=True, slots=True)
class Bundled:
    """The mail, and the calendar files of all sections but the first that has one."""

    mail: Composed
    calendars: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Section:
    """One campaign's part. `urgency` sorts the most urgent first.

    `state`: how it stands, in the mail's list of its parts; `beside`: its words in a subject that another leads.
    """

    kind: str
    campaign: CampaignFacts
    view: Mapping[str, object]
    heading: str
    state: str
    beside: str
    urgency: tuple[int, ...]
    calendar: str | None = None


def compose_bundle(sections: Sequence[tuple[LeadDigest | OverviewDigest, Sending]]) -> Bundled:
    """The mail of at least two digests to one address. The subject speaks of the most urgent of all.

    All are what the reader owes, or all are overviews; ValueError for one without items or rows.
    """
    shares = _shares([len(one.rows) for one, _ in sections if isinstance(one, OverviewDigest)])
    made = [
        _owed(n, digest, said)
        if isinstance(digest, LeadDigest)
        else _overview(n, digest, said, shares.pop(0))
        for n, (digest, said) in enumerate(sections, start=1)
    ]
    views = [{**campaign_view(one.campaign), **one.view} for one in made]
    calendars = [one.calendar for one in made if one.calendar is not None]
    layout = {
        **campaign_view(made[0].campaign),
        "subject": _subject(made),
        "intro": say(f"bundle.{made[0].kind}.intro", count=len({one.campaign.key for one in made})),
        "headings": [one.heading for one in made],
        "parts": [_listed(one) for one in made],
        "contacts": _contacts([one.campaign for one in made]),
    }
    texts = [render_text(f"{one.kind}/section.txt.j2", view) for one, view in zip(made, views, strict=True)]
    pages = [
        Markup(render(f"{one.kind}/section.html.j2", view))  # noqa: S704  (rendered with escapes)
        for one, view in zip(made, views, strict=True)
    ]
    return Bundled(
        Composed(
            subject=render_subject("bundle/subject.txt.j2", layout),
            text=render_text("bundle/body.txt.j2", layout | {"sections": texts}),
            html=render("bundle/body.html.j2", layout | {"sections": pages}),
            calendar=calendars[0] if calendars else None,
        ),
        tuple(calendars[1:]),
    )


def _owed(n: int, digest: LeadDigest, said: Sending) -> Section:
    view, calendar = digest_view(digest, replies_read=said.replies_read, page_link=said.page_link)
    numbers = [item.n for item in (*digest.items, *digest.open_items)]
    heading = say(
        "bundle.digest.heading" if len(numbers) > 1 else "bundle.digest.heading_one",
        n=n,
        directive=directive(digest.campaign),
        first=min(numbers),
        last=max(numbers),
    )
    beside = say("bundle.digest.beside", count=len(digest.items), directive=directive(digest.campaign))
    mail = lead_view(digest)
    return Section("digest", digest.campaign, view, heading, mail.tag, beside, strength(mail), calendar)


def _overview(n: int, digest: OverviewDigest, said: Sending, share: int) -> Section:
    if not digest.rows:
        raise ValueError("an overview without rows is not sent; ask for its rows before composing")
    found = overview_view(digest, most=share)
    counts = {"units": found.units, "total": found.total, "directive": directive(digest.campaign)}
    return Section(
        "overview",
        digest.campaign,
        {"overview": found, "replies_read": said.replies_read},
        say("bundle.overview.heading", n=n, **counts),
        say("bundle.overview.state", days=found.most_days),
        say("bundle.overview.beside", **counts),
        (-int(found.letter), -found.most_days, -found.units),
    )


def _shares(rows: Sequence[int]) -> list[int]:
    """How many rows of each overview are shown: together no more than of one; who needs less leaves it to the others."""
    shares = [0] * len(rows)
    left = MAX_ROWS
    for place, index in enumerate(sorted(range(len(rows)), key=lambda one: rows[one])):
        shares[index] = min(rows[index], left // (len(rows) - place))
        left -= shares[index]
    return shares


def _subject(made: Sequence[Section]) -> str:
    """The leading section's own subject, and what of which documents stands beside it."""
    leading = min(made, key=lambda one: one.urgency)
    view = {**campaign_view(leading.campaign), **leading.view}
    beside = "; ".join(one.beside for one in made if one is not leading)
    subject = render_subject(f"{leading.kind}/subject.txt.j2", view)
    return say("bundle.subject", subject=subject, beside=beside)


def _listed(section: Section) -> str:
    subject = one_line(section.campaign.directive_subject)
    return say("bundle.listed", heading=section.heading, subject=subject, state=section.state)


def _contacts(campaigns: Sequence[CampaignFacts]) -> list[Mapping[str, str]]:
    """Whom to call about which documents: one line for all where it is the same person."""
    found: dict[tuple[str, str, str], list[str]] = {}
    for one in campaigns:
        person = one.officer_name, one.officer_phone, one.officer_address
        found.setdefault(person, []).append(directive(one))
    return [
        {
            "name": name,
            "phone": phone,
            "address": address,
            "about": say("bundle.about", directives="; ".join(about)) if len(found) > 1 else "",
        }
        for (name, phone, address), about in found.items()
    ]
