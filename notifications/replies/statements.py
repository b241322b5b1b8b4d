"""One clause → what it says of its items, or why that is not clear. Sentences for the coordinator are Vietnamese."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from notifications.replies.atoms import Atom
from notifications.replies.clauses import Clause
from notifications.replies.items import items_of
from notifications.replies.requests import delegation, extension
from notifications.replies.said import Said, Unclear, cut
from notifications.replies.sentences import Sentence
from notifications.replies.shapes import Shape, segments, shape_of
from notifications.replies.verdict import ActionKind
from notifications.replies.words import fold

_DROPPED = set("n,HcIAO")


def statements(clause: Clause, sentence: Sentence, pre_reason: str | None = None) -> list[Said]:
    """Errors: Unclear."""
    kinds = clause.kinds()
    base = _base(clause, sentence)
    if "Z" in kinds:
        return [_undo(clause, sentence, base)]
    if "X" in kinds:
        return [extension(clause, sentence, base, pre_reason)]
    if "M" in kinds:
        return [delegation(clause, sentence, base, pre_reason)]
    if pre_reason:
        raise Unclear(f"Có lý do nhưng không rõ đề nghị gì: “{cut(sentence.text)}”.")
    return _states(clause, sentence, base)


def _base(clause: Clause, sentence: Sentence) -> Said:
    """Which items the clause names. What stands in a reason names none: `_extension` sees to that."""
    text = sentence.span(clause.atoms[0].first, clause.atoms[-1].last)
    return replace(items_of(clause.atoms), text=text, lines=sentence.lines)


def _undo(clause: Clause, sentence: Sentence, base: Said) -> Said:
    first = next((atom.kind for atom in clause.atoms if atom.kind not in "n,cIA"), "")
    if first != "Z" or any(atom.kind not in "ZIAnN,H" for atom in clause.atoms):
        raise Unclear(f"Có ý rút lại hoặc sửa câu trả lời nhưng chưa rõ: “{cut(base.text)}”.")
    return replace(base, undo=True)


def _states(clause: Clause, sentence: Sentence, base: Said) -> list[Said]:
    _refuse_doubt(clause.atoms, sentence, base)
    core = [
        atom for atom in clause.atoms if atom.kind not in _DROPPED and not _idle_until(clause.atoms, atom)
    ]
    letters = "".join(atom.kind for atom in core)
    said: list[Said] = []
    for first, last in segments(letters):
        shape = shape_of(letters[first:last])
        if shape is None or (shape is Shape.PROMISE and not said):
            raise Unclear(f"Chưa hiểu rõ câu “{cut(base.text)}”.")
        said += _state(shape, core[first:last], base, sentence)
    return said


def _idle_until(atoms: Sequence[Atom], atom: Atom) -> bool:
    """ "gửi đến Sở Nội vụ": a direction, not a date."""
    n = atoms.index(atom)
    return atom.kind == "U" and not (n + 1 < len(atoms) and atoms[n + 1].kind in "T?!C")


def _refuse_doubt(atoms: Sequence[Atom], sentence: Sentence, base: Said) -> None:
    for n, atom in enumerate(atoms):
        written = sentence.span(atom.first, atom.last)
        if atom.kind in "!?opr" or (atom.kind == "U" and not _idle_until(atoms, atom)):
            raise Unclear(f"Câu “{cut(base.text)}” có từ “{cut(written)}” nên chưa rõ.")
        if atom.doubtful and (n == 0 or atoms[n - 1].kind not in "#,n"):
            raise Unclear(f"Chưa rõ “{cut(written)}” là ngày hay là phần việc đã làm.")
        if atom.kind == "T" and atom.day is None:
            raise Unclear(f"Ngày “{cut(written)}” không có thật.")
        if (
            atom.kind == "O"
            and any(one.kind in "PWFRG" for one in atoms[:n])
            and not _is_destination(written)
        ):
            raise Unclear(f"Chưa rõ “{cut(written)}” là nơi nhận hay nơi thực hiện.")


def _is_destination(office: str) -> bool:
    return fold(office).startswith(
        ("so ", "ubnd thanh pho", "ubnd tp", "uy ban nhan dan thanh pho", "van phong ubnd", "ban ")
    )


def _state(shape: Shape, atoms: Sequence[Atom], base: Said, sentence: Sentence) -> list[Said]:
    document = next((atom for atom in atoms if atom.kind == "#"), None)
    dated = next((atom for atom in atoms if atom.kind == "T"), None)
    percent = next((atom.percent for atom in atoms if atom.kind == "C"), None)
    papers = frozenset(fold(sentence.span(atom.first, atom.last)) for atom in atoms if atom.kind in "BJ")
    evidence = replace(
        base,
        doc_number=document.number if document else None,
        doc_date=dated.day if dated and (document or papers) else None,
        papers=papers,
    )
    match shape:
        case Shape.RECEIVED:
            return [replace(base, action=ActionKind.RECEIVED)]
        case Shape.PROGRESS:
            return [replace(base, action=ActionKind.IN_PROGRESS)]
        case Shape.PERCENT:
            return [_percent(percent or 0, atoms, base)]
        case Shape.DONE:
            return [replace(evidence, action=ActionKind.DONE)]
        case Shape.SENT_NOW:
            mentions = any(atom.kind == "L" for atom in atoms) and "bao cao" in fold(base.text)
            if not document and not papers and not mentions:
                raise Unclear(f"Chưa rõ gửi gì: “{cut(base.text)}”.")
            return [replace(evidence, action=ActionKind.DONE, needs_file=document is None)]
        case Shape.EVIDENCE:
            return [replace(evidence, evidence=True)]
        case Shape.PROMISE | Shape.NOTHING:
            return []


def _percent(percent: int, atoms: Sequence[Atom], base: Said) -> Said:
    kinds = {atom.kind for atom in atoms}
    if percent > 100 or (percent == 100 and ("W" in kinds or not kinds & {"F", "P"})):
        raise Unclear(f"Tỷ lệ {percent}% chưa rõ nghĩa.")
    if percent == 100:
        return replace(base, action=ActionKind.DONE)
    return replace(base, action=ActionKind.IN_PROGRESS, percent=percent)
