"""Why a clause that says something of an item may not mean it: another office, another paper, a plan, a share."""

from __future__ import annotations

from collections.abc import Sequence

from notifications.replies.atom import Atom
from notifications.replies.ground import Ground, foreign_code, own_code
from notifications.replies.said import Said, Unclear, cut
from notifications.replies.sentences import Sentence
from notifications.replies.words import fold

# Before a paper, these make it what was followed and not what was done.
_FOLLOWED = (
    "theo",
    "can cu",
    "phuc dap",
    "tra loi",
    "chi dao",
    "yeu cau",
    "thuc hien",
    "tinh than",
    "noi dung",
)
_WISHES = ("xin", "duoc", "yeu cau", "can", "phai", "cho", "de nghi")
_PARTS = ("so lieu", "ho so", "tai lieu", "thong tin", "phan viec", "khoi luong", "tien do")
_MAILS = (
    "thu",
    "email",
    "e-mail",
    "mail",
    "thong tin",
    "so lieu",
    "tai lieu",
    "ho so",
    "cau tra loi",
    "tra loi",
)
# Whom a report of the task can go to: the monitor, those above, and who watches with them.
_RECEIVERS = (
    "so noi vu",
    "ubnd thanh pho",
    "ubnd tp",
    "uy ban nhan dan thanh pho",
    "van phong ubnd",
    "ban dan van",
    "ubnd quan",
    "ubnd huyen",
    "uy ban nhan dan quan",
    "uy ban nhan dan huyen",
)
_TOWARDS = ("ve", "cho", "voi", "den", "toi", "len", "qua", "lai")


def idle_until(atoms: Sequence[Atom], atom: Atom) -> bool:
    """ "gửi đến Sở Nội vụ": a direction, not a date."""
    n = atoms.index(atom)
    return atom.kind == "U" and not (n + 1 < len(atoms) and atoms[n + 1].kind in "T?!C")


def without_plans(atoms: Sequence[Atom], sentence: Sentence) -> Sequence[Atom]:
    """ "đang thực hiện, dự kiến hoàn thành trước 10/11": what is expected adds nothing to what is so."""
    at = next((n for n, atom in enumerate(atoms) if atom.kind == "e"), None)
    if at is None:
        return atoms
    before, after = atoms[:at], atoms[at + 1 :]
    now = any(atom.kind in "WRC" for atom in before) and not any(atom.kind in "F!?" for atom in before)
    plain = all(atom.kind in "DKFGBNJTUn," or _word(atom, sentence) == "truoc" for atom in after)
    if not now or not plain:
        raise Unclear(f"Câu “{cut(sentence.text)}” nói dự kiến, chưa rõ hiện nay thế nào.")
    return before


def without_references(atoms: Sequence[Atom], sentence: Sentence, ground: Ground) -> list[Atom]:
    """Without the paper that was followed: "đã hoàn thành theo Công văn số 1914/UBND-KGVX ngày 30/06/2020"."""
    kept: list[Atom] = []
    skipping = False
    for atom in atoms:
        if atom.kind == "#" and not own_code(atom.number, ground.own) and _is_followed(kept, sentence):
            skipping = True
            continue
        if skipping and atom.kind in "T,":
            continue
        skipping = False
        kept.append(atom)
    return kept


def _is_followed(before: Sequence[Atom], sentence: Sentence) -> bool:
    """Whether what stands just before a paper's number, up to what was done, says that it was followed."""
    for n, atom in enumerate(reversed(before)):
        word = _word(atom, sentence)
        if atom.kind not in "NJBn?UD" or (atom.kind == "B" and n > 0):
            return False
        if word.startswith(_FOLLOWED) or word.endswith((" theo", " tai")):
            return True
    return False


def refuse_doubt(atoms: Sequence[Atom], sentence: Sentence, base: Said) -> None:
    """Errors: Unclear."""
    for n, atom in enumerate(atoms):
        written = sentence.span(atom.first, atom.last)
        if atom.kind in "!?opr" or (atom.kind == "U" and not idle_until(atoms, atom)):
            raise Unclear(f"Câu “{cut(base.text)}” có từ “{cut(written)}” nên chưa rõ.")
        if atom.doubtful and (n == 0 or atoms[n - 1].kind not in "#,n"):
            raise Unclear(f"Chưa rõ “{cut(written)}” là ngày hay là phần việc đã làm.")
        if atom.kind == "T" and atom.day is None:
            raise Unclear(f"Ngày “{cut(written)}” không có thật.")
        if atom.kind == "F" and _only_wished(atoms, n, sentence):
            raise Unclear(f"Chưa rõ việc đã xong hay còn phải làm: “{cut(base.text)}”.")
        if atom.kind in "FG" and _is_part(atoms, n, sentence):
            raise Unclear(f"Chưa rõ phần nào đã xong, đã gửi gì: “{cut(base.text)}”.")
        if atom.kind == "O" and not _is_addressed(atoms, n, sentence):
            raise Unclear(f"Chưa rõ “{cut(written)}” là nơi nhận hay nơi thực hiện.")
        if atom.kind == "n" and fold(written) == "thi" and any(one.kind in "PFRG" for one in atoms[:n]):
            raise Unclear(f"Câu “{cut(base.text)}” nêu điều kiện nên chưa rõ.")


def _only_wished(atoms: Sequence[Atom], n: int, sentence: Sentence) -> bool:
    """ "xin hoàn thành", "sớm hoàn thành": what is not said to have happened may be a wish; "xong" has."""
    told = next((k for k in range(n - 1, -1, -1) if atoms[k].kind == "P"), None)
    if told is not None:
        return any(one.kind == "R" for one in atoms[told + 1 : n])  # "đã nhận, hoàn thành đúng hạn"
    before = atoms[n - 1] if n else None
    wished = before is not None and (before.kind == "n" or _word(before, sentence).startswith(_WISHES))
    return wished and not _word(atoms[n], sentence).endswith("xong")


def _is_part(atoms: Sequence[Atom], n: int, sentence: Sentence) -> bool:
    """ "đã xong số liệu", "đã gửi thư": a part of the task, or no result of it."""
    around = [one for one in (*atoms[:n], *atoms[n + 1 :]) if one.kind not in "n,IA"]
    named = [_word(one, sentence) for one in around if one.kind == "N"]
    paper = any(one.kind in "BJ#LG" for one in around)
    parts = _PARTS if atoms[n].kind == "F" else _MAILS
    return not paper and any(name.startswith(parts) for name in named)


def refuse_part_of_one(atoms: Sequence[Atom], sentence: Sentence, base: Said) -> None:
    """Errors: Unclear for "đã xong nội dung 1" where one task alone is asked for: it may be the first of its parts."""
    finished = next((n for n, atom in enumerate(atoms) if atom.kind in "FG"), len(atoms))
    if any(one.kind == "I" and _word(one, sentence).startswith("noi dung") for one in atoms[finished:]):
        raise Unclear(f"Chưa rõ xong cả việc hay một nội dung của việc: “{cut(base.text)}”.")


def _is_addressed(atoms: Sequence[Atom], n: int, sentence: Sentence) -> bool:
    """ "đã gửi báo cáo về Sở Nội vụ": where to, after what was done."""
    office = fold(sentence.span(atoms[n].first, atoms[n].last))
    if n and _word(atoms[n - 1], sentence).endswith("cam on"):
        return True
    upward = office.startswith(_RECEIVERS)
    if not upward or n == 0 or not any(one.kind in "PG" for one in atoms[:n]):
        return False
    before = atoms[n - 1]
    return before.kind in "GBJU#T" or _word(before, sentence) in _TOWARDS


def refuse_evidence(said: Said, ground: Ground) -> None:
    """Errors: Unclear where the paper named is not the sender's own."""
    if said.doc_number and said.doc_number in ground.cited:
        raise Unclear(f"Văn bản {said.doc_number} là văn bản của cơ quan giao việc, không phải của đơn vị.")
    if said.doc_number and foreign_code(said.doc_number, ground.own):
        raise Unclear(f"Văn bản {said.doc_number} mang ký hiệu của cơ quan khác.")
    if said.done_on and said.done_on > ground.today:
        raise Unclear(f"Ngày {said.done_on:%d/%m/%Y} còn ở phía trước.")


def _word(atom: Atom, sentence: Sentence) -> str:
    return fold(sentence.span(atom.first, atom.last))
