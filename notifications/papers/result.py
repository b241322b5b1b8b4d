"""What a coordinator sees after a paper was drafted: its totals and where it lies."""

from __future__ import annotations

from directives.evaluate import Status
from directives.ledger.paper_rows import ADDENDUM, Kept
from directives.papers import AddendumFacts, ReportFacts
from notifications.board.escape import link, md
from notifications.papers.drafting import facts_of
from notifications.papers.wording import number, until
from notifications.render import render_text
from notifications.words import entry, say


def result(campaign: str, paper: Kept, path: str, units_url: str = "") -> str:
    """Markdown for an artifact; the totals are the frozen ones. `units_url`: the coordinators' page, which opens it."""
    facts = facts_of(paper)
    assert isinstance(facts, (ReportFacts, AddendumFacts))
    at = f"{facts.cut_off:%Y-%m-%dT%H:%M}"
    view = {
        "title": md(entry(f"paper.result.{paper.kind}")),
        "until": md(until(facts.cut_off)),
        "frozen": paper.kind != ADDENDUM,
        "rows": [
            {"name": say(f"status.{one}"), "n": number(facts.counts[one])}
            for one in Status
            if facts.counts[one]
        ],
        "total": number(sum(facts.counts.values())),
        "file_name": paper.file_name,
        "opened": link(paper.file_name, "paper", {"paper": f"{units_url}papers/{paper.id}"})
        if units_url
        else "",
        "path": path,
        "command": say(f"paper.command.{paper.kind}", campaign=campaign, at=at, file=paper.file_name),
    }
    return render_text("paper/result.md.j2", view)
