"""The sender's own words → what they say of which item. Whatever is not understood whole is `Unclear`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise

from notifications.replies.atom import Atom
from notifications.replies.atoms import Lexer
from notifications.replies.clauses import split_clauses
from notifications.replies.context import DigestItem
from notifications.replies.courtesy import is_contact, is_name_block, start_of_matter
from notifications.replies.ground import Ground
from notifications.replies.lexicon import ASKED
from notifications.replies.said import Said, Unclear
from notifications.replies.sentences import Sentence, sentences
from notifications.replies.signature import refuse_another
from notifications.replies.statements import statements
from notifications.replies.verdict import ActionKind
from notifications.replies.words import fold

MOST_WORDS = 3_000


@dataclass
class _State:
    """What a paragraph has said so far: an item named at its head holds for the sentences that follow."""

    paragraph: int = -1
    said: list[Said] = field(default_factory=list[Said])
    heading: Said | None = None
    used: bool = True


def read_commands(lines: Sequence[str], ground: Ground) -> list[Said]:
    """Everything that the lines say, in order. Errors: Unclear."""
    matter, names = _without_names(lines)
    refuse_another(names, ground)
    found = list(sentences(matter))
    if sum(len(one.words) for one in found) > MOST_WORDS:
        raise Unclear("Thư quá dài để tự đọc.")
    state = _State()
    for sentence in found:
        if sentence.paragraph != state.paragraph:
            if state.used:
                state.heading = None
            state.paragraph = sentence.paragraph
        for said in _read(sentence, state, ground):
            state.said.append(said)
    if state.heading and not state.used:
        raise Unclear("Thư nêu số mục nhưng không nói gì về mục đó.")
    return state.said


def _without_names(lines: Sequence[str]) -> tuple[list[str], list[str]]:
    """The text, and a name and office set below it that no closing phrase announces."""
    kept = list(lines)
    while kept and not kept[-1].strip():
        kept.pop()
    for start in range(len(kept) - 1, max(len(kept) - 8, 0), -1):
        if not kept[start - 1].strip() and is_name_block(kept[start:]):
            return kept[:start], kept[start:]
    return kept, []


def _read(sentence: Sentence, state: _State, ground: Ground) -> list[Said]:
    try:
        return _attempt(sentence, state, _atoms(sentence, ground), ground)
    except Unclear:
        atoms = _atoms(sentence, ground, ground.items)
        if not any(atom.kind == "H" for atom in atoms):
            raise
        return _attempt(sentence, state, atoms, ground)


def _atoms(sentence: Sentence, ground: Ground, titles: Sequence[DigestItem] = ()) -> list[Atom]:
    """The sentence's atoms; the sender's own office says nothing of the task."""
    atoms = _joined(Lexer(sentence.words, ground.today, titles).atoms())
    return [
        replace(atom, kind="n")
        if atom.kind in "Oo" and ground.own.known_as(sentence.span(atom.first, atom.last))
        else atom
        for atom in atoms
    ]


def _joined(atoms: Sequence[Atom]) -> list[Atom]:
    """ "UBND" and "quận Ninh Kiều" are one office."""
    found: list[Atom] = []
    for atom in atoms:
        if found and atom.kind in "Oo" and found[-1].kind in "Oo" and found[-1].last == atom.first:
            found[-1] = replace(found[-1], last=atom.last)
        else:
            found.append(atom)
    return found


def _attempt(sentence: Sentence, state: _State, atoms: list[Atom], ground: Ground) -> list[Said]:
    if is_contact(sentence, atoms):
        return []
    start = start_of_matter(sentence, atoms)
    atoms = [atom for atom in atoms if atom.first >= start]
    if not atoms or (all(atom.kind in "n,O" for atom in atoms) and sentence.mark != "?"):
        _refuse_foreign_voice(sentence, atoms)
        return []
    if late := _late_reason(sentence, atoms, state):
        return late
    question = _question_at(sentence, atoms)
    if question is not None:
        asked = _question(sentence, atoms[question:], atoms[:question])
        before = [atom for atom in atoms[:question] if atom.kind not in "n,"]
        stated = (
            _statements(sentence, atoms[:question], state, ground)
            if any(a.kind in "PWFRXMGC!?" for a in before)
            else []
        )
        return [*stated, _with_heading(asked, state)]
    if sentence.mark == "?":
        return [_with_heading(_bare_question(sentence, atoms), state)]
    return _statements(sentence, atoms, state, ground)


def _refuse_foreign_voice(sentence: Sentence, atoms: Sequence[Atom]) -> None:
    """ "Sở Y tế xin báo cáo như sau:" from another unit's contact: whose answer is it?"""
    last = sentence.span(atoms[-1].first, atoms[-1].last) if atoms else ""
    if last == ":" and any(atom.kind == "O" for atom in atoms):
        raise Unclear(f"Chưa rõ lời của ai: “{sentence.text[:80]}”.")
    for atom, after in pairwise(atoms):
        if (
            atom.kind == "O"
            and after.kind == "n"
            and "bao cao" in fold(sentence.span(after.first, after.last))
        ):
            raise Unclear(f"Thư nói thay đơn vị khác: “{sentence.span(atom.first, atom.last)}”.")


def _statements(sentence: Sentence, atoms: list[Atom], state: _State, ground: Ground) -> list[Said]:
    pre_reason, atoms = _reason_before(sentence, atoms)
    found: list[Said] = []
    for clause in split_clauses(atoms):
        said = statements(clause, sentence, ground, pre_reason)
        if not said:
            _name_heading(clause.atoms, sentence, state)
            continue
        if not said[0].evidence and (said[0].items or said[0].every):
            _leave_heading(state)
        for one in said:
            if one.evidence:
                _evidence(one, found or state.said)
                continue
            found.append(_with_heading(one, state))
            if one.items or one.every:
                state.heading, state.used = one, True
    return found


def _leave_heading(state: _State) -> None:
    if state.heading and not state.used:
        raise Unclear("Thư nêu số mục nhưng không nói gì về mục đó.")


def _name_heading(atoms: Sequence[Atom], sentence: Sentence, state: _State) -> None:
    """ "Mục 2:" or "2. Báo cáo kết quả": what follows is about it."""
    numbers = tuple(dict.fromkeys(n for atom in atoms if atom.kind == "I" for n in atom.items))
    if not numbers:
        if any(atom.kind in "cA" for atom in atoms):
            raise Unclear(f"Chưa hiểu rõ câu “{sentence.span(atoms[0].first, atoms[-1].last)[:80]}”.")
        return
    _leave_heading(state)
    if any(atom.kind == "c" for atom in atoms):
        raise Unclear("Nói “còn” một mục nhưng không nói mục đó thế nào.")
    state.heading, state.used = Said(None, numbers), False


def _with_heading(said: Said, state: _State) -> Said:
    if said.items or said.every:
        return said
    if state.heading:
        state.used = True
        return replace(said, items=state.heading.items, every=state.heading.every, count=state.heading.count)
    return said


def _evidence(found: Said, said: list[Said]) -> None:
    """The document's number, in a sentence of its own after the one that says done."""
    last = said[-1] if said else None
    same = last is not None and (found.items is None or found.items == last.items)
    if last is None or last.action is not ActionKind.DONE or last.doc_number or not same:
        raise Unclear("Nêu số văn bản nhưng không nói đã gửi hay đã hoàn thành.")
    said[-1] = replace(
        last,
        doc_number=found.doc_number,
        doc_date=found.doc_date,
        needs_file=False,
        lines=last.lines + found.lines,
    )


def _late_reason(sentence: Sentence, atoms: Sequence[Atom], state: _State) -> list[Said]:
    """ "… đến 15/11. Lý do: chờ số liệu." """
    last = state.said[-1] if state.said else None
    first = next((n for n, atom in enumerate(atoms) if atom.kind not in "n,"), 0)
    wants = (
        last is not None
        and last.action in (ActionKind.EXTENSION, ActionKind.DELEGATE)
        and last.reason is None
    )
    if last is None or not wants or atoms[first].kind != "y" or any(atom.kind in "XMZQIA" for atom in atoms):
        return []
    reason = sentence.span(atoms[first].last, atoms[-1].last).strip(" :,.-–")
    if not reason:
        return []
    state.said.pop()
    return [replace(last, reason=reason, lines=last.lines + sentence.lines)]


def _reason_before(sentence: Sentence, atoms: list[Atom]) -> tuple[str | None, list[Atom]]:
    """ "Do chưa có số liệu của các xã, mục 2 xin gia hạn đến 15/11"."""
    first = next((n for n, atom in enumerate(atoms) if atom.kind not in "n,cIA"), None)
    asked = next((n for n, atom in enumerate(atoms) if atom.kind in "XM"), None)
    if first is None or asked is None or atoms[first].kind != "y" or asked < first:
        return None, atoms
    for n in range(asked - 1, first, -1):
        if atoms[n].kind == "," and sentence.words[atoms[n].first].text in ",:":
            if any(atom.kind in "!?" for atom in atoms[n + 1 : asked]):
                break
            reason = sentence.span(atoms[first].last, atoms[n].first).strip(" :,")
            return reason, [*atoms[:first], *atoms[n + 1 :]]
    raise Unclear(f"Chưa tách được lý do và đề nghị trong câu “{sentence.text[:80]}”.")


def _question_at(sentence: Sentence, atoms: Sequence[Atom]) -> int | None:
    """Where the question begins, with the item named just before it."""
    at = next((n for n, atom in enumerate(atoms) if atom.kind == "Q"), None)
    if at is None:
        return None
    while at and (atoms[at - 1].kind in "IAO" or (atoms[at - 1].kind in "n,NH" and _only_names(atoms[:at]))):
        at -= 1
    return at


def _only_names(atoms: Sequence[Atom]) -> bool:
    return all(atom.kind in "n,NHIAO" for atom in atoms)


def _question(sentence: Sentence, atoms: Sequence[Atom], before: Sequence[Atom]) -> Said:
    if _asks_for_state(sentence, atoms):
        raise Unclear("Câu hỏi về tình hình thực hiện, không phải câu trả lời.")
    named = tuple(dict.fromkeys(n for atom in atoms if atom.kind == "I" for n in atom.items))
    every = any(atom.kind == "A" for atom in atoms)
    asked = next(n for n, atom in enumerate(atoms) if atom.kind == "Q")
    text = sentence.span(atoms[asked].first, atoms[-1].last).strip(" ,:")
    return Said(
        ActionKind.QUESTION, named or None, every and not named, reason=text + ("?" if sentence.mark == "?" else ""),
        text=text, lines=sentence.lines,
    )  # fmt: skip


def _bare_question(sentence: Sentence, atoms: Sequence[Atom]) -> Said:
    words = list(sentence.words)
    asks = any(word.kind == "word" and ASKED.at(words, n) for n, word in enumerate(words))
    if not asks or any(atom.kind in "PWFRXZM" for atom in atoms) or _asks_for_state(sentence, atoms):
        raise Unclear(f"Câu hỏi chưa rõ: “{sentence.text[:80]}”.")
    named = tuple(dict.fromkeys(n for atom in atoms if atom.kind == "I" for n in atom.items))
    text = sentence.span(atoms[0].first, atoms[-1].last).strip(" ,:")
    return Said(ActionKind.QUESTION, named or None, reason=text + "?", text=text, lines=sentence.lines)


def _asks_for_state(sentence: Sentence, atoms: Sequence[Atom]) -> bool:
    text = fold(sentence.span(atoms[0].first, atoms[-1].last))
    return any(atom.kind == "F" for atom in atoms) or any(
        one in text for one in ("khi nao", "bao gio", "den dau roi")
    )
