"""One sentence: does it ask something, and of whom?"""

from __future__ import annotations

import re
from dataclasses import dataclass

from directives.drafting import parties
from directives.drafting.duty import Order
from directives.drafting.verbs import OPENING, VERB
from directives.names import folded

MARK = re.compile(
    r"(?<![\wÀ-ỹ])(?<!được )(?<!theo )(?<!ý kiến )(?<!của )(?<!nội dung )(?:[Kk]ính đề nghị"
    r"|[Gg]iao(?! thông| dịch| ban| lưu| tiếp| nộp| đất| chỉ tiêu)|[Yy]êu cầu|[Đđ]ề nghị|[Cc]hỉ đạo"
    r"|[Pp]hân công|[Ll]ưu ý|yêu(?= [A-ZĐ]))"
    r"(?: nhiệm vụ)?(?: cho)? ?(?=[\wÀ-ỹ:])"
)
# Whom a body that is asked is to choose among its own: "Phân công lãnh đạo trực".
_OWN_PEOPLE = re.compile(r"(?:các )?(?:lãnh đạo|cán bộ|công chức|viên chức|nhân viên|người)(?![\wÀ-ỹ])")
_WITHIN = ("lưu ý", "phân công", "giao", "yêu cầu")
LONGEST = 6000  # characters of a sentence: nobody is asked later than that
BOUNDARY = re.compile(r"[,;:.] ")
ADVERB = re.compile(
    r"(?:đồng thời|ngoài ra|do đó|vì vậy|vậy|kính|tôi|trước mắt|riêng|nay|bên cạnh đó)?$", re.I
)
# When, on what ground or for what: the body that is asked stands after it.
LEADING = re.compile(
    r"(?:theo(?! dõi| sát)|trên cơ sở|căn cứ|để|nhằm|trước(?= (?:ngày|\d|tháng|quý))|(?:chậm|muộn) nhất|định kỳ|hằng|hàng"
    r"|trong(?= (?:tháng|quý|năm|thời|vòng|quá))|(?:đến|tới) hết|sau khi|kể từ)(?![\wÀ-ỹ])",
    re.I,
)
# What an earlier letter asked.
EARLIER = re.compile(r" (?:có|ban hành|đã có) (?:Công văn|Văn bản|văn bản|Kế hoạch|Thông báo)(?: số)? ")
IF = re.compile(
    r"(?:(?:khi )?nhận được|nếu|trường hợp|trong quá trình|qu[áà] trình|qúa trình|khi |trong trường hợp)",
    re.I,
)
COLLAB = re.compile(
    r"(?:chủ trì,? )?(?:chủ động )?phối hợp(?: chặt chẽ| thường xuyên)?(?:,? (?:với|cùng(?: với)?|các)|(?= (?-i:[A-ZĐỦ]))) "
    r"|^ ?,? ?cùng(?: với)? (?=các |(?-i:[A-ZĐỦ]))",
    re.I,
)

SUPPORTERS = re.compile(
    r"; (?P<who>[^;.:]{3,200}?) (?:có trách nhiệm )?phối hợp(?: thực hiện)?(?! với| cùng)(?![\wÀ-ỹ])"
)


@dataclass(frozen=True, slots=True)
class Asked:
    """The part of a sentence that asks, of whom, with whom. `parties` empty: those of the text above."""

    text: str
    parties: tuple[str, ...]
    support: tuple[str, ...]
    leads: bool
    rule: str
    intro: bool = False


def asked(sentence: str, order: Order, issuer: str | None) -> Asked | None:
    """None where the sentence asks nothing that can be told from its own words or the text above."""
    sentence = sentence[:LONGEST]
    return _ordered(sentence, issuer) or _of_party(sentence, order, issuer) or _action(sentence, order)


def _ordered(sentence: str, issuer: str | None) -> Asked | None:
    """ "Giao Sở Nội vụ …", "…, Chủ tịch Ủy ban nhân dân tỉnh yêu cầu các sở …"."""
    for mark in MARK.finditer(sentence):
        start = _clause_start(sentence, mark.start())
        lead = sentence[start : mark.start()].strip()
        by = parties.PARTY.match(lead) is not None
        if lead == "trong đó" or EARLIER.search(lead):
            continue
        if mark[0].lower().startswith("chỉ đạo") and not (by and is_issuer(lead, issuer)):
            continue
        found = parties.subject(sentence, mark.end())
        if mark[0].lower().startswith("phân công") and _OWN_PEOPLE.match(sentence, mark.end()):
            continue
        if found:
            if by and start == 0 and not is_issuer(lead, issuer) and mark[0].lower().startswith(_WITHIN):
                continue  # what a party that is asked shall order in its turn
            begin = start if by or ADVERB.match(lead) else 0 if IF.match(sentence) else mark.start()
            return _asked(sentence, begin, found, "order")
        if not (by or lead == "" or ADVERB.match(lead) or IF.match(sentence)):
            continue
        rest = sentence[mark.end() :].lstrip(" :")
        if rest and OPENING.match(rest):
            who = () if not by or is_issuer(lead, issuer) else parties.split(lead)
            begin = start if by or ADVERB.match(lead) else 0
            return Asked(
                sentence[begin:].strip(), who, _support(sentence[mark.start() :]), bool(who), "order"
            )
    return None


def _clause_start(sentence: str, end: int) -> int:
    last = 0
    for found in BOUNDARY.finditer(sentence, 0, end):
        last = found.end()
    return last


def _of_party(sentence: str, order: Order, issuer: str | None) -> Asked | None:
    """ "Ủy ban nhân dân quận, huyện phối hợp …", "Sở Y tế: Chủ trì …". What the issuer does itself is no duty of others."""
    found = parties.subject(sentence)
    if found is None and (IF.match(sentence) or LEADING.match(sentence)):
        found = _late(sentence)
    if found is None or (is_issuer(found.phrase, issuer) and ":" not in sentence[found.end : found.end + 2]):
        return None
    after = sentence[found.end :].lstrip(" :-–")
    if not (VERB.match(after) or OPENING.match(after) or (found.known and order.asks)):
        return None
    return _asked(sentence, 0, found, "party")


def _late(sentence: str) -> parties.Subject | None:
    """The first body after a comma that is to do something."""
    for cut in BOUNDARY.finditer(sentence):
        found = parties.subject(sentence, cut.end())
        if found and (IF.match(sentence) or VERB.match(sentence[found.end :].lstrip(" :-–"))):
            return found
    return None


def _action(sentence: str, order: Order) -> Asked | None:
    """An item that begins with a verb, below a text that asks."""
    if not order.asks:
        return None
    if OPENING.match(sentence):
        leads = order.leads or "chủ trì" in sentence[:40].lower()
        return Asked(sentence, (), _support(sentence), leads, "verb")
    middle = re.search(
        r"(?:các )?(?:đơn vị|địa phương|cơ quan) (?=(?:hoàn chỉnh|hoàn thiện|hoàn tất|gửi|lập|nộp"
        r"|báo cáo|thực hiện|tổng hợp|phải|cần|có trách nhiệm)(?![\wÀ-ỹ]))",
        sentence,
    )
    if middle:
        return Asked(sentence, (middle[0].strip(),), _support(sentence), False, "party")
    return None


def _asked(sentence: str, begin: int, found: parties.Subject, rule: str) -> Asked:
    rest = sentence[found.end :]
    who = parties.split(found.phrase)
    leads = "chủ trì" in rest[:30].lower() or (len(who) == 1 and _single(who[0]))
    return Asked(sentence[begin:].strip(), who, _support(rest), leads, rule)


def _single(party: str) -> bool:
    """One body or post, not "các …" and not a list."""
    return (
        not re.match(r"(?:[Cc]ác|[Nn]hững|[Mm]ọi|[Tt]hủ trưởng|[Ll]ãnh đạo)", party)
        and "," not in party
        and "các " not in party
    )


def _support(text: str) -> tuple[str, ...]:
    if (after := SUPPORTERS.search(text[:LONGEST])) and parties.PARTY.match(after["who"]):
        return parties.split(after["who"])
    found = COLLAB.search(text[:300])
    if found is None:
        return ()
    at = found.end() - 4 if found[0].lower().endswith("các ") else found.end()
    named = parties.party_list(text, at)
    return parties.split(named.phrase) if named else ()


def is_issuer(lead: str, issuer: str | None) -> bool:
    """The issuer, its head, or the same body without its place: "Giám đốc Sở Nội vụ" for "Sở Nội vụ tỉnh Đông Giang"."""
    if not issuer:
        return False
    said, own = list(folded(lead)), list(folded(issuer.replace("UBND", "Ủy ban nhân dân")))
    said = list(folded(" ".join(said).replace("ubnd", "uy ban nhan dan")))
    for post in (
        ["giam", "doc"],
        ["chu", "tich"],
        ["pho", "chu", "tich"],
        ["bo", "truong"],
        ["thu", "tuong"],
        ["pho", "thu", "tuong"],
        ["cuc", "truong"],
        ["pho", "giam", "doc"],
    ):
        if said[: len(post)] == post and len(said) > len(post):
            said = said[len(post) :]
            break
    return bool(said) and (said == own[: len(said)] or own == said[: len(own)]) and len(said) > 1
