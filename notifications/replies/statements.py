"""One clause → what it says of its items, or why that is not clear. Sentences for the coordinator are Vietnamese."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from notifications.replies.atom import Atom
from notifications.replies.clauses import Clause
from notifications.replies.doubts import (
    idle_until,
    refuse_doubt,
    refuse_evidence,
    refuse_part_of_one,
    without_plans,
    without_references,
)
from notifications.replies.ground import Ground
from notifications.replies.items import items_of
from notifications.replies.requests import delegation, extension
from notifications.replies.said import Said, Unclear, cut
from notifications.replies.sentences import Sentence
from notifications.replies.shapes import Shape, segments, shape_of
from notifications.replies.verdict import ActionKind
from notifications.replies.words import fold

# What an answer may be called by who withdraws it.
_ANSWERS = ("tra loi", "truoc", "vua roi")
# "sai hạn", "sai đơn vị": the mail is said to be wrong, and no answer is withdrawn.
_COMPLAINTS = (
    "han",
    "thoi han",
    "thoi gian",
    "ngay",
    "don vi",
    "co quan",
    "thanh pho",
    "tp",
    "van thu",
    "lien quan",
)
_DROPPED = set("n,HcIAO")


def statements(
    clause: Clause, sentence: Sentence, ground: Ground, pre_reason: str | None = None
) -> list[Said]:
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
    return _states(clause, sentence, base, ground)


def _base(clause: Clause, sentence: Sentence) -> Said:
    """Which items the clause names. What stands in a reason names none: `_extension` sees to that."""
    text = sentence.span(clause.atoms[0].first, clause.atoms[-1].last)
    return replace(items_of(clause.atoms), text=text, lines=sentence.lines)


def _undo(clause: Clause, sentence: Sentence, base: Said) -> Said:
    first = next((atom.kind for atom in clause.atoms if atom.kind not in "n,cIA"), "")
    named = [fold(sentence.span(atom.first, atom.last)) for atom in clause.atoms if atom.kind == "N"]
    if (
        first != "Z"
        or any(atom.kind not in "ZIAnN,H" for atom in clause.atoms)
        or not all(name.endswith(_ANSWERS) for name in named)
        or any(
            said in ("muc", "so", "cac muc") or said.startswith(_COMPLAINTS)
            for atom in clause.atoms
            if atom.kind == "n" and (said := fold(sentence.span(atom.first, atom.last)))
        )
    ):
        raise Unclear(f"Có ý rút lại hoặc sửa câu trả lời nhưng chưa rõ: “{cut(base.text)}”.")
    return replace(base, undo=True)


def _states(clause: Clause, sentence: Sentence, base: Said, ground: Ground) -> list[Said]:
    atoms = without_references(without_plans(clause.atoms, sentence), sentence, ground)
    refuse_doubt(atoms, sentence, base)
    if len(ground.items) == 1:
        refuse_part_of_one(atoms, sentence, base)
    core = [atom for atom in atoms if atom.kind not in _DROPPED and not idle_until(atoms, atom)]
    letters = "".join(atom.kind for atom in core)
    said: list[Said] = []
    for first, last in segments(letters):
        shape = shape_of(letters[first:last])
        promised = shape is Shape.PROMISE and (not said or said[-1].action is ActionKind.DONE)
        if shape is None or promised:
            raise Unclear(f"Chưa hiểu rõ câu “{cut(base.text)}”.")
        said += _state(shape, core[first:last], base, sentence)
    for one in said:
        refuse_evidence(one, ground)
    return said


def _state(shape: Shape, atoms: Sequence[Atom], base: Said, sentence: Sentence) -> list[Said]:
    document = next((atom for atom in atoms if atom.kind == "#"), None)
    dated = next((atom for atom in atoms if atom.kind == "T"), None)
    percent = next((atom.percent for atom in atoms if atom.kind == "C"), None)
    papers = frozenset(fold(sentence.span(atom.first, atom.last)) for atom in atoms if atom.kind in "BJ")
    evidence = replace(
        base,
        doc_number=document.number if document else None,
        doc_date=dated.day if dated and (document or papers) else None,
        done_on=dated.day if dated else None,
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
