"""One duty → the steps of a campaign: one a deadline, each with the directive's own words as its basis."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime

from directives.drafting import details
from directives.drafting.audiences import Audiences
from directives.drafting.details import Nature
from directives.drafting.document import Document
from directives.drafting.doubts import Doubt
from directives.drafting.duty import Duty
from directives.drafting.occurrences import first_after
from directives.drafting.phrase import Phrase
from directives.drafting.yaml_text import mark, scalar, titled
from directives.model import Due

UNUSABLE = (Doubt.PAST, Doubt.NO_SUCH_DAY, Doubt.BLANK_DAY, Doubt.UNSIGNED)


def steps(key: str, duty: Duty, document: Document, audiences: Audiences, title: str) -> Iterator[str]:
    """The lines of each step, beginning with "- key:"."""
    phrases: Sequence[Phrase | None] = duty.phrases or [None]
    for n, phrase in enumerate(phrases, start=1):
        own = key if len(phrases) == 1 else f"{key}-{n}"
        yield f"- key: {own}"
        yield f"  {audiences.line(duty)}"
        yield from titled(title, 2)
        yield _deliverable(duty, title)
        yield from _send_to(duty)
        yield from (f"  {line}" for line in _due(phrase, duty, document))


def _deliverable(duty: Duty, title: str) -> str:
    if product := details.product(duty):
        return f"  deliverable: {scalar(product[:1].upper() + product[1:])}"
    if details.nature(duty) is Nature.CONTINUING:
        return "  deliverable: Nhiệm vụ thường xuyên"
    return f"  deliverable: {scalar(title)}" + mark("văn bản không nêu rõ sản phẩm")


def _send_to(duty: Duty) -> Iterator[str]:
    to, through = details.receiver(duty), details.through(duty)
    if to:
        yield f"  send_to: {scalar(f'{to} (qua {through})' if through else to)}"
    elif through:
        yield f"  send_to: {scalar(through)}"


def _due(phrase: Phrase | None, duty: Duty, document: Document) -> Iterator[str]:
    if phrase is None:
        why = "văn bản không ghi thời hạn; giữ 'continuing', hoặc thay bằng 'due' và 'basis: {source: monitor, text: lý do}'"
        yield "continuing: true" + (mark(why) if details.nature(duty) is not Nature.CONTINUING else "")
        return
    due, why = _written(phrase, document.head.issued)
    said = f"“{phrase.phrase}”"
    if phrase.doubt is Doubt.SAME_DAY:
        yield "due:" + mark(f"{said}: {phrase.doubt}; ghi 'due' và 'basis'")
        return
    if due is None:
        yield "continuing: true" + mark(
            f"{said}: {why or phrase.doubt or 'chưa rõ ngày'}; đặt 'due' và 'basis'"
        )
        return
    doubt = why or (phrase.doubt.value if phrase.doubt else "")
    yield f"due: {due}" + (mark(f"{said}: {doubt}") if doubt else "")
    yield f"basis: {{source: directive, text: {_quoted(phrase.phrase)}}}"


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def _written(phrase: Phrase, issued: date | None) -> tuple[str | None, str]:
    """`{before: …}` as the model's `Due` reads it, and why a person must look, beyond the phrase's own doubt."""
    if phrase.doubt in UNUSABLE:
        return None, ""
    if phrase.rrule:
        first = first_after(phrase.rrule, _begins(phrase, issued)) if issued else None
        if first is None:
            return None, f"định kỳ ({phrase.rrule}), văn bản không ghi ngày"
        return (
            f"{{by: {first.isoformat()}}}",
            f"định kỳ ({phrase.rrule}); ở đây là kỳ đầu, thêm một bước cho mỗi kỳ",
        )
    return (_fields(phrase.due), "") if phrase.due else (None, "")


def _begins(phrase: Phrase, issued: date) -> date:
    """The day from which what comes again is looked for: the signing, or the first year that the text names."""
    return max(issued, date(phrase.since, 1, 1)) if phrase.since else issued


def _fields(due: Due) -> str:
    said = {name: value for name, value in due.model_dump().items() if value is not None}
    parts = (f"{name}: {_value(value)}" for name, value in said.items())
    return "{" + ", ".join(parts) + "}"


def _value(value: object) -> str:
    if isinstance(value, datetime):
        return f"'{value.strftime('%Y-%m-%dT%H:%M')}'"
    return value.isoformat() if isinstance(value, date) else str(value)
