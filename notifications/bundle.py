"""One mail for the digests of several campaigns to one reader: a section each, numbered through."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from directives.digest import LeadDigest
from notifications.compose import Composed, digest_view
from notifications.dates import directive
from notifications.lead_view import campaign_view, lead_view, strength
from notifications.render import render, render_subject, render_text
from notifications.words import say


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


def compose_bundle(sections: Sequence[tuple[LeadDigest, Sending]]) -> Bundled:
    """The mail of at least two digests to one address. The subject speaks of the most urgent item of all."""
    whole = [
        (digest, *digest_view(digest, replies_read=said.replies_read, page_link=said.page_link))
        for digest, said in sections
    ]
    leading = min((digest for digest, _ in sections), key=lambda one: strength(lead_view(one)))
    views = [{**campaign_view(digest.campaign), **view} for digest, view, _ in whole]
    calendars = [calendar for *_, calendar in whole if calendar is not None]
    layout = campaign_view(sections[0][0].campaign) | {
        "subject": _subject(leading, [digest for digest, _ in sections]),
        "intro": say("bundle.intro", count=len(sections)),
        "headings": [_heading(n, digest) for n, (digest, _) in enumerate(sections, start=1)],
    }
    texts = [render_text("digest/section.txt.j2", view) for view in views]
    pages = [Markup(render("digest/section.html.j2", view)) for view in views]  # noqa: S704  (rendered with escapes)
    return Bundled(
        Composed(
            subject=render_subject("bundle/subject.txt.j2", layout),
            text=render_text("bundle/body.txt.j2", layout | {"sections": texts}),
            html=render("bundle/body.html.j2", layout | {"sections": pages}),
            calendar=calendars[0] if calendars else None,
        ),
        tuple(calendars[1:]),
    )


def _subject(leading: LeadDigest, digests: Sequence[LeadDigest]) -> str:
    """The leading section's own subject, and how many items of which documents stand beside it."""
    view = {**campaign_view(leading.campaign), "mail": lead_view(leading)}
    others = [one for one in digests if one is not leading]
    beside = "; ".join(
        say("bundle.beside", count=len(one.items), directive=directive(one.campaign)) for one in others
    )
    return say("bundle.subject", subject=render_subject("digest/subject.txt.j2", view), beside=beside)


def _heading(n: int, digest: LeadDigest) -> str:
    numbers = [item.n for item in (*digest.items, *digest.open_items)]
    return say(
        "bundle.heading" if len(numbers) > 1 else "bundle.heading_one",
        n=n,
        directive=directive(digest.campaign),
        first=min(numbers),
        last=max(numbers),
    )
