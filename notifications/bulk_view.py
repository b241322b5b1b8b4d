"""A bulk record as previewed: what was recognised, what was not and why, for the artifact and the terminal."""

from __future__ import annotations

from directives.bulk import Entry, Unread
from directives.ledger.bulk_record import Preview
from notifications import dates
from notifications.board.escape import md
from notifications.render import render_text
from notifications.words import one_line, say

LONGEST_LINK = 12_000  # characters; browsers and servers refuse much longer addresses


def bulk_preview(seen: Preview, confirm_url: str) -> str:
    """Markdown. `confirm_url`: the form filled in anew with its confirmation; left out when it is too long."""
    view: dict[str, object] = {
        "step": md(f"{seen.step} · {seen.title}"),
        "entries": [_row(seen, one) for one in seen.entries],
        "unread": [{"line": one.line, "text": md(one.text), "why": md(why(one))} for one in seen.unread],
        "fingerprint": seen.fingerprint,
        "url": confirm_url if len(confirm_url) <= LONGEST_LINK else "",
    }
    return render_text("bulk/preview.md.j2", view)


def why(one: Unread) -> str:
    """Why a line is not recorded, as one sentence."""
    return say(f"bulk.why.{one.why}", named=one_line(one.named))


def _row(seen: Preview, one: Entry) -> dict[str, object]:
    return {
        "line": one.line,
        "unit": md(f"{one.unit} · {seen.name(one.unit)}"),
        "number": md(one.doc_number),
        "dated": dates.day(one.doc_date) if one.doc_date else "",
        "received": dates.day(one.received),
        "proposed": one.proposed,
    }
