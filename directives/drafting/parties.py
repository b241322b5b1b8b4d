"""Who a sentence speaks of: "Giám đốc Sở, Thủ trưởng cơ quan ban, ngành thành phố", "các Bộ: Công an, Tư pháp".

A party is what stands between the beginning and the first verb of doing, if it begins like a body or a post.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from directives.drafting.letters import LOWER
from directives.drafting.verbs import VERB

# Words that a body or a post begins with, as written in running text.
_BODY = (
    r"(?:Sở|sở|Bộ|bộ(?! máy| phận)|Ủy ban|Uỷ ban|ủy ban|UBND|UBMTTQ\w*|UBMT|HĐND|MTTQ|Ban(?! hành)"
    r"|Văn phòng|Cục|Chi cục|Tổng cục|Thanh tra(?!, kiểm tra| và kiểm tra)|Kiểm toán|Công an|Quân khu"
    r"|Bộ Chỉ huy|Bộ đội|BCH|Đài|Báo(?! cáo)|Cổng|Trung tâm|trung tâm|TTYT|Bệnh viện|bệnh viện|BVĐK|BV"
    r"|Trạm|trạm y tế|[Tt]rường(?! hợp)|Phòng(?! chống| cháy| ngừa)|phòng(?! chống|,? chống| cháy| ngừa)|Hội(?! nghị| thi| họp)"
    r"|Liên đoàn|Đoàn(?! kết)"
    r"|Tỉnh đoàn|Thành đoàn|Huyện đoàn|Quận đoàn|Đoàn trường|Mặt trận|Kho bạc|Ngân hàng|NHNN|Bảo hiểm"
    r"|BHXH|Viện|Tập đoàn|Tổng công ty|Công ty|Điện lực|Kiểm lâm|Chi nhánh|Hạt|Tòa án|Toà án|Học viện"
    r"|Đội|Tổ công tác|Tổ chuyên|Hội đồng(?! nhân dân các cấp có)|Thường trực|Ban Chỉ đạo|Đảng ủy"
    r"|Thành ủy|Tỉnh ủy|Huyện ủy|Quận ủy|Liên minh|Cảng vụ|Hải quan|Thuế|Quỹ"
    r"|Khối|Nhà|Khu|Vườn quốc gia|VPCP|VNPT|Viettel|EVN|Bưu điện|Khoa|Chính phủ|Hiệp hội|Dân quân)"
)
_POST = (
    r"(?:(?:Phó |Q\. )?(?:Thủ tướng|Giám đốc|Chủ tịch|Trưởng|Chánh|Cục trưởng|Chi cục trưởng|Bộ trưởng"
    r"|Hiệu trưởng|Bí thư|Chủ nhiệm|Tổng giám đốc|Tổng Giám đốc|Viện trưởng|Khối [Tt]rưởng|Đội trưởng"
    r"|Chỉ huy trưởng|Kế toán trưởng)|[Tt]hủ trưởng|[Nn]gười đứng đầu|[Ll]ãnh đạo(?!,| chỉ đạo| việc)"
    r"|giám đốc|chủ tịch|trưởng (?:các )?(?:ban|phòng|khoa)|[Đđ]ồng chí)"
)
_GROUP = (
    r"(?:cơ quan|đơn vị|địa phương|sở|ban(?=,? ngành| đảng)|ngành|quận|huyện|xã|phường|thị xã|thị trấn"
    r"|doanh nghiệp|tổ chức|cá nhân|trường|bệnh viện|cơ sở|chủ đầu tư|nhà thầu|thành viên|đoàn thể|hội"
    r"|chủ rừng|chủ hồ|công ty|hộ|tổ|trạm|phòng|khoa|trung tâm|nhà máy|khu|cấp|hợp tác xã|bộ|tỉnh"
    r"|thành phố|Bộ|Sở|Ban|tập đoàn|văn phòng|cục|chi cục|cấp ủy|khối|TTYT|BV|bến|ngân hàng|huyện ủy"
    r"|chi nhánh|đồng chí|thành phần|chi bộ|đảng bộ|đảng ủy|chi đoàn|chi hội|khu phố|thôn|ấp|tổ dân phố|trưởng|chủ"
    r"|ban quản lý|ban chỉ đạo|đoàn|nhà trường|giáo viên|hiệp hội|lực lượng)"
)
LEADING = r"(?:(?:[Rr]iêng|[Đđ]ối với|[Tt]ừng|[Mm]ỗi|[Tt]oàn thể|[Tt]ất cả|và) )?"
PARTY = re.compile(
    rf"{LEADING}(?:(?:[Cc]ác )?{_POST}|(?:(?:[Cc]ác|[Nn]hững|[Mm]ột số|[Mm]ọi) )?{_BODY}|(?:[Cc]ác|[Nn]hững"
    rf"|[Mm]ột số|[Mm]ọi|[Tt]oàn bộ) {_GROUP}|(?:Cơ quan|Đơn vị|đơn vị|cơ quan|địa phương|Địa phương"
    rf"|Quý (?:cơ quan|đơn vị|Sở|Bộ|Ban|Ủy ban|Công ty|Ông|Bà)|Cán bộ|Công chức|Viên chức|Đảng viên"
    rf"|Chủ đầu tư|chủ đầu tư|Doanh nghiệp|Đơn vị|Tổ(?! chức)))(?![\wÀ-ỹ])"
)
_LIST_AFTER = re.compile(
    rf"(?:; |, | và | cùng |, cùng với | - )(?=(?:các |Các )?(?:{_POST}|(?:các |Các |những )?{_BODY}"
    rf"|(?:các|Các|những) {_GROUP})(?![\wÀ-ỹ]))"
)
# What looks like the beginning of a party and continues a name: "Sở Lao động - Thương binh và Xã hội".
_SAME = re.compile(r"(?:sở|Sở|ban|cơ quan)(?:, | và )(?:ban|ngành)")
# What a body is to be, besides its work: "Sở Y tế là cơ quan thường trực, …", "Sở Y tế (đơn vị đầu mối)".
_ROLE = r"(?:(?:cơ quan|đơn vị) (?:thường trực|đầu mối|chủ trì)|đầu mối|thường trực)"
_AS = re.compile(rf" là (?={_ROLE}(?![\wÀ-ỹ]))")
_ASIDE = re.compile(rf" ?\((?:là )?{_ROLE}[^()]{{0,60}}\)")
_BESIDE = re.compile(rf" [-–] {_ROLE}[^,;()]{{0,80}}")
# Then the sentence tells, and asks nothing: "Sở Y tế đã …", "mỗi xã có một tổ công tác".
_TELLS = re.compile(
    rf" (?:đã|đang|là(?! {_ROLE}(?![\wÀ-ỹ]))|gồm|vẫn|còn(?! nợ| thiếu)|bị|sẽ|nhận được|có (?:một|nhiều|những|\d+))(?= )"
)
STOPS = re.compile(r"[.;?!](?: |$)|“")
PLACES = re.compile(r"T[pP]\. ")
_LISTS = re.compile(rf"; (?={PARTY.pattern})")
LONGEST, NEAR = 420, 20  # characters of a party; after a name, where it shows that the sentence tells
# Bodies that every province has, so that no verb is needed to know where their names end.
_FIELD = (
    r"(?:Nội vụ|Tài chính|Y tế|Xây dựng|Công Thương|Công thương|Tư pháp|Ngoại vụ|Ngoại giao|Quốc phòng|Công an"
    r"|Giáo dục và Đào tạo|Khoa học và Công nghệ|Nông nghiệp và Môi trường|Nông nghiệp và Phát triển nông thôn"
    r"|Tài nguyên và Môi trường|Thông tin và Truyền thông|Kế hoạch và Đầu tư|Giao thông vận tải|Du lịch"
    r"|Lao động - Thương binh và Xã hội|Lao động, Thương binh và Xã hội|Văn hóa, Thể thao và Du lịch"
    r"|Văn hóa và Thể thao|Dân tộc và Tôn giáo)"
)
_LEVEL = r"(?:thành phố|tỉnh|huyện|quận|xã|phường|thị xã)"
_NAME = (
    rf"(?:(?:Giám đốc |Bộ trưởng |Giám đốc các )?(?:Sở|Bộ) {_FIELD}|Công an {_LEVEL}|Thanh tra {_LEVEL}"
    rf"|Bộ Chỉ huy (?:[Qq]uân sự|Bộ đội Biên phòng) {_LEVEL}|Văn phòng Ủy ban nhân dân {_LEVEL}|Văn phòng Chính phủ"
    r"|(?:Chủ tịch )?(?:Ủy ban nhân dân|UBND) (?:các )?"
    r"(?:xã, phường(?:, thị trấn)?|phường, xã|quận, huyện|huyện, thị xã, thành phố))"
)
# Then the name goes on, or only some of those named are meant.
_NARROWS = (
    "(?:và|của|các|có|trên|thuộc|được|còn|chưa|ven|miền|vùng|biên giới|nơi|phía|giáp|bị|mới|trọng điểm|khu vực|nào|liên quan"
    "|nằm|từng|đã|đang|tại|ở|trực thuộc|nêu|khác)"
)
KNOWN = re.compile(rf"{_NAME}(?:(?:, | và |; ){_NAME}){{0,9}} (?!{_NARROWS} |{_LEVEL})(?=[{LOWER}])")


@dataclass(frozen=True, slots=True)
class Subject:
    """A party at the beginning of a text, and where what it is to do begins."""

    phrase: str
    end: int
    known: bool = False  # a name that was recognised whole, whatever verb follows


def subject(text: str, at: int = 0) -> Subject | None:
    """The party that begins there and is followed by a verb of doing or a colon; None when it is none."""
    begins = PARTY.match(text, at)
    if begins is None:
        return None
    window = text[at : at + LONGEST]
    stop = _end(window, begins)
    if stop is not None and _stopped(PLACES.sub("Tp ", window[:stop])[: stop - 1]):
        stop = None
    phrase = (window[:stop] if stop is not None else window).strip(" ,:-–")
    known = KNOWN.match(window)
    told = phrase if stop is not None or known is None else window[: known.end() + NEAR]
    if not phrase or _TELLS.search(f"{told} "):
        return None
    if known and (stop is None or known.end() < stop - 1):
        return Subject(known[0].strip(), at + known.end(), known=True)
    return Subject(phrase, at + stop) if stop is not None else None


def _stopped(text: str) -> bool:
    """Whether a sentence or a clause ends before the verb; a semicolon within a list of parties ends none."""
    return any(
        found[0][0] != ";" or ":" not in text[: found.start()] or not PARTY.match(text, found.end())
        for found in STOPS.finditer(text)
    )


def _end(window: str, begins: re.Match[str]) -> int | None:
    """Where the first verb of doing or the colon after the party begins."""
    first = begins.end() - begins.start()
    if begins[0].startswith("Quý "):  # an address, and never the beginning of a longer name
        return first
    aside, role = _ASIDE.search(window, first), _AS.search(window, first)
    verb, colon = VERB.search(window, first), _colon(window)
    if verb and aside and aside.start() < verb.start() < aside.end():
        verb = VERB.search(window, aside.end())
    ends = [found.start() for found in (verb, role) if found] + ([colon] if colon is not None else [])
    return min(ends, default=None)


def bare_party(text: str) -> bool:
    """Whether the whole text names a party and nothing more: the heading "1. Sở Y tế"."""
    text = _ASIDE.sub("", text.strip(" .:;"))
    text = text.capitalize() if text.isupper() else text
    does = VERB.search(text) is not None or KNOWN.match(text) is not None
    return len(text) < 200 and PARTY.match(text) is not None and not does


def split(phrase: str) -> tuple[str, ...]:
    """A list of parties → each. Names behind one word stay together: "Sở Y tế, các Bộ: Công an, Tài chính" are two."""
    phrase = re.sub(
        r"^(?:riêng|đối với|và) ", "", _BESIDE.sub("", _ASIDE.sub("", phrase.strip())), flags=re.I
    )
    parts = [part for piece in _LISTS.split(phrase) for part in _split(piece)]
    return tuple(part.strip(" ,;.") for part in parts if part.strip(" ,;."))


def _split(phrase: str) -> list[str]:
    """One list; what follows a colon is not cut."""
    colon = phrase.find(":")
    parts, last = list[str](), 0
    for cut in _LIST_AFTER.finditer(phrase, 0, colon if colon >= 0 else len(phrase)):
        if _SAME.match(phrase, max(0, cut.start() - 8)) or _SAME.search(
            phrase[max(0, cut.start() - 8) : cut.end() + 5]
        ):
            continue
        if cut[0] == " - " or phrase[last : cut.start()].endswith(("Nông nghiệp", "Kế hoạch", "Giáo dục")):
            continue
        parts.append(phrase[last : cut.start()])
        last = cut.end()
    return [*parts, phrase[last:]]


def party_list(text: str, at: int) -> Subject | None:
    """A list of parties after "phối hợp với", up to a verb or a stop."""
    window = text[at : at + LONGEST]
    if PARTY.match(window) is None:
        return None
    verb = VERB.search(window)
    stop = min([n for n in (verb.start() if verb else -1, _stop(window)) if n >= 0], default=len(window))
    phrase = window[:stop].strip(" ,:-–")
    return Subject(phrase, at + stop) if phrase else None


def _stop(window: str) -> int:
    found = re.search(r"[;()]|\.(?: |$|/)| để | nhằm | khi | theo ", window)
    return found.start() if found else -1


def _colon(window: str) -> int | None:
    """The colon after a party; not the one that lists its names: "các Bộ: Công an, …"."""
    for found in re.finditer(":", window):
        head = window[: found.start()].rstrip()
        if not re.search(
            r"(?:[Cc]ác|[Nn]hững) (?:Bộ|bộ|Sở|sở|ban|ngành|huyện|quận|xã|phường|tỉnh|đơn vị|địa phương"
            r"|cơ quan)(?:,? \w+){0,3}$",
            head,
        ) or head.endswith("sau"):
            return found.start()
        after = window[found.end() :].lstrip()
        if not after or VERB.match(after):
            return found.start()
    return None
