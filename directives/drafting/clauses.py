"""A sentence that orders several bodies in turn → a clause for each: "Sở A lập …; Sở B bảo đảm …", "… 10/7, Sở B …"."""

from __future__ import annotations

import re
from collections.abc import Iterator

from directives.drafting import parties, phrases
from directives.drafting.duty import Order
from directives.drafting.phrase import Signing
from directives.drafting.sentence import asked, is_issuer
from directives.drafting.verbs import OPENING, VERB

_CUT = re.compile(r"(?P<firm>; (?:và |còn |đồng thời,? )?)|(?<=\d), (?:và |còn )?")
_ORDER = re.compile(r"(?:giao|đề nghị|yêu cầu) ", re.I)
_SUPPORTS = re.compile(r"(?:có trách nhiệm )?(?:chủ động )?phối hợp", re.I)
_ANYBODY = re.compile(
    r"(?:các |mọi |từng )?(?:(?:thủ trưởng|người đứng đầu|lãnh đạo) )?(?:các )?(?:cơ quan|đơn vị|địa phương)(?![\wÀ-ỹ])",
    re.I,
)
LONGEST = 6000  # characters


def clauses(sentence: str, order: Order, issuer: str | None, signing: Signing) -> list[str]:
    """The sentence cut where another body is ordered; whole where it orders one, or does not order at all."""
    if len(sentence) > LONGEST:
        return [sentence]
    parts, begun = list[str](), 0
    for cut, after in _cuts(sentence, issuer):
        before = sentence[begun : cut.start()]
        dated = cut["firm"] or (phrases.find(before, signing) and phrases.find(sentence[after:], signing))
        said = asked(before, order, issuer) if dated else None
        # "…; thủ trưởng cơ quan, đơn vị phải …" in an item for all: those who are asked already.
        same = said and not said.parties and _ANYBODY.match(sentence, cut.end())
        if said and not same and (cut["firm"] or said.parties):
            parts.append(before)
            begun = cut.end()
    return [*parts, sentence[begun:]]


def _cuts(sentence: str, issuer: str | None) -> Iterator[tuple[re.Match[str], int]]:
    """Where another body that is to do something begins, outside brackets, and where its verb stands."""
    for cut in _CUT.finditer(sentence):
        head = sentence[: cut.start()]
        if head.count("(") > head.count(")"):
            continue
        ordered = _ORDER.match(sentence, cut.end())
        at = ordered.end() if ordered else cut.end()
        found = parties.subject(sentence, at)
        if found is None or is_issuer(found.phrase, issuer):
            continue
        after = sentence[found.end :].lstrip(" :-–")
        if not _SUPPORTS.match(after) and (VERB.match(after) or OPENING.match(after) or found.known):
            yield cut, found.end
