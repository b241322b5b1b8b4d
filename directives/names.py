"""People and units by their names as others write them: without diacritics, in capitals, with a title before."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

DEPUTY = "pho"
# What may stand before a person's name or for a post, folded. Nothing that names a place or a unit.
TITLES = frozenset(
    "ong ba anh chi co chu dong d c lanh dao cap pho giam doc truong phong ban chanh van tich bi thu".split()
)

# No text of a file or cell holds these: no database and no XML takes them.
UNWRITABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")


def folded(text: str) -> tuple[str, ...]:
    """The words of a text in lower case without diacritics: "Đ/c Trần Thị Hà" → d c tran thi ha.

    Letters of another script that only look like Latin ones stay what they are, so that no name is taken for another.
    """
    plain = unicodedata.normalize("NFD", text.casefold()).replace("đ", "d")
    return tuple(re.findall(r"[^\W_]+", "".join(one for one in plain if not unicodedata.combining(one))))


def names(text: str, name: str) -> bool:
    """Whether the text is that name, at most with titles before it: "Phó Giám đốc Trần Thị Hà"."""
    said, known = folded(text), folded(name)
    return bool(known) and said[-len(known) :] == known and _only_titles(said[: -len(known)])


def means_the_deputy(text: str) -> bool:
    """Whether the text is a deputy's post and nothing more: "đồng chí Phó Giám đốc", "cấp phó"."""
    said = folded(text)
    return DEPUTY in said and _only_titles(said)


def _only_titles(words: Sequence[str]) -> bool:
    return all(word in TITLES for word in words)
