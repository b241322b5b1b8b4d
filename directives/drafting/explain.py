"""Each value that was read, with the sentence it came from and the rule that read it."""

from __future__ import annotations

from collections.abc import Iterator

from directives.drafting import details
from directives.drafting.document import Document
from directives.drafting.doubts import MARK
from directives.drafting.duty import Duty
from directives.drafting.phrase import Phrase

RULES = {
    "order": "the sentence orders it (giao, yêu cầu, đề nghị, chỉ đạo)",
    "party": "a body or post stands before a verb of doing",
    "verb": "begins with a verb of doing, below a text that asks",
    "item": "a numbered item below a text that orders",
    "deadline": "the sentence sets a deadline",
}


def explained(document: Document) -> Iterator[str]:
    """Lines for a person: the head, then each instruction."""
    head, lines = document.head, document.head.lines
    for name, value in (
        ("number", head.number),
        ("date", head.issued),
        ("issuer", head.issuer),
        ("subject", head.subject),
        ("addressees", "; ".join(head.addressees) or None),
    ):
        yield f"{name}: {value if value is not None else 'not found'}" + (
            f"  (line {lines[name]})" if name in lines else ""
        )
    for one in document.references:
        yield f"reference: {one.number}, {one.issued or 'no date'}, {one.issuer or 'issuer not found'}"
    for duty in document.duties:
        yield ""
        yield from _duty(duty)


def _duty(duty: Duty) -> Iterator[str]:
    yield f"{duty.label or '(no label)'}, line {duty.line}: {duty.text}"
    yield f"  why: {RULES.get(duty.rule, duty.rule)}"
    yield f"  obliged: {'; '.join(duty.parties) or 'not named'}" + (
        " (from the text above)" if duty.inherited else ""
    )
    if duty.support:
        yield f"  support: {'; '.join(duty.support)} (after “phối hợp”)"
    yield f"  kind: {details.nature(duty).value}"
    for name, value in (
        ("deliverable", details.product(duty)),
        ("to", details.receiver(duty)),
        ("through", details.through(duty)),
    ):
        if value:
            yield f"  {name}: {value}"
    for phrase, sentence in duty.sources:
        yield from _deadline(phrase, sentence)


def _deadline(phrase: Phrase, sentence: str) -> Iterator[str]:
    when = (
        phrase.due_before.isoformat() if phrase.due_before else phrase.rrule or f"{phrase.days or 'no'} days"
    )
    yield f"  deadline: “{phrase.phrase}” is {phrase.kind.value}: {when}"
    yield f"    in: {sentence}"
    if phrase.doubt:
        yield f"    {MARK}: {phrase.doubt.value}"
