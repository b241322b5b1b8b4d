"""Of one duty: whether it is done once, again and again or always; what is handed in; to whom, through whom."""

from __future__ import annotations

import re
from enum import StrEnum

from directives.drafting.duty import Duty
from directives.drafting.letters import UPPER
from directives.drafting.parties import PARTY, subject
from directives.drafting.sentence import MARK


class Nature(StrEnum):
    ONE_OFF = "one_off"
    RECURRING = "recurring"
    CONTINUING = "continuing"


_RESULT = re.compile(
    r"(?:(?:lập|xây dựng|ban hành|tham mưu|hoàn thiện|hoàn chỉnh|trình|gửi|nộp|đăng ký|cung cấp"
    r"|hoàn tất|bàn giao|gửi lại)(?: [\wÀ-ỹ,]+){0,6}? (?:kế hoạch|báo cáo|danh sách|hồ sơ|văn bản|đề án"
    r"|dự thảo|phương án|quyết định|quy chế|tờ trình|biên bản|chứng từ|số liệu|nhu cầu|phiếu|biểu mẫu"
    r"|bản)"
    r"|báo cáo (?!viên)|có ý kiến|cho ý kiến|góp ý|phân công cán bộ|cử (?:cán bộ|CB|đại biểu|người"
    r"|đại diện)|tổ chức (?:các )?(?:lớp |hội nghị|tập huấn|lễ|cuộc|đợt|họp|tổng kết|sơ kết|hội thi"
    r"|diễn tập)"
    r"|hoàn thành|thành lập|rà soát[^.;]{0,120}(?:báo cáo|gửi|trình|đề xuất)|đăng ký|bàn giao|ký tên"
    r"|ghi các|kết xuất|photo|chấm điểm|(?<!công )(?<!thành )lập |nộp |gửi (?:về|báo cáo|hồ sơ"
    r"|danh sách|kết quả|văn bản|lại|chứng từ)|truy cập|(?<!chương )(?<!quá )(?<!lộ )(?<!công )(?<!quy )"
    r"(?<!giáo )trình |số lượng bản|tổng hợp báo cáo)",
    re.I,
)
_ALWAYS = re.compile(
    r"(?:tiếp tục|thường xuyên|tăng cường|đẩy mạnh|chủ động|theo dõi|đôn đốc|phối hợp|nâng cao|phát huy"
    r"|bảo đảm|đảm bảo|duy trì|quản lý|triển khai|thực hiện (?:tốt|nghiêm|có hiệu quả|đồng bộ)"
    r"|tuyên truyền|quán triệt|giám sát|kiểm tra|lãnh đạo)",
    re.I,
)
_NOUN = (
    r"(?:[Bb]áo cáo|[Kk]ế hoạch|[Dd]anh sách|[Hh]ồ sơ|[Đđ]ề án|[Dd]ự thảo|[Pp]hương án"
    r"|[Tt]ờ trình|[Bb]iên bản|[Cc]hứng từ|[Qq]uy chế|[Qq]uyết định|[Vv]ăn bản|[Ss]ố liệu"
    r"|[Ýý] kiến|[Cc]hương trình|[Dd]anh mục|[Qq]uy trình|[Bb]iểu mẫu|[Pp]hiếu|[Nn]hu cầu|[Hh]ướng dẫn)"
)
# "của cơ quan, đơn vị, địa phương": no comma to stop at.
_BODIES = (
    r", (?=(?:đơn vị|địa phương|tổ chức|cá nhân|doanh nghiệp|ban, ngành|ngành|xã|phường|thị trấn)(?![\wÀ-ỹ]))"
)
_PRODUCT = re.compile(
    rf"(?:lập|xây dựng|ban hành|tham mưu(?: [\wÀ-ỹ]+){{0,8}}? (?:ban hành|xây dựng)|hoàn thiện"
    rf"|hoàn chỉnh|trình|gửi|nộp|cung cấp|hoàn tất|tổng hợp|có|đăng ký)(?: (?:và )?(?:gửi|các|ban hành"
    rf"|triển khai|lại|toàn bộ|bản|dự thảo))? (?P<what>{_NOUN}(?:[^,;.()]|{_BODIES}){{0,160}})",
    re.I,
)
# "gửi Báo cáo kết quả A, B và C về Ủy ban …": up to where it goes.
_SENT = re.compile(
    rf"(?:gửi|nộp|trình) (?P<what>{_NOUN}[^;.()]{{3,200}}?),? (?:về|đến|tới|cho) (?=[{UPPER}])"
)
_OPINION = re.compile(r"(?:có|cho) ý kiến|góp ý", re.I)
_QUOTED = re.compile(r"“[^”]{0,300}”")
HEAD, FAR = 300, 60  # characters of the order; after a verb of keeping on, how near a result must stand
_REPORTS = re.compile(
    r"(?<![\wÀ-ỹ])(?P<what>[Bb]áo cáo (?!viên|về (?:Sở|Bộ|Ủy|UBND)|(?:Ủy|UBND|Thủ tướng|Chính phủ"
    r"|Chủ tịch|Sở|Bộ|cấp))[^,;.()]{2,160})"
)
_WHAT_ENDS = re.compile(
    r" (?:về|gửi|trước|chậm nhất|qua|theo mẫu|để|trình|cho|đến hết|trong (?:tháng|quý|năm|vòng"
    r"|thời hạn)|xong|hoàn thành)(?![\wÀ-ỹ])"
)
_TO = re.compile(
    rf"(?:gửi|báo cáo|trình|nộp|về|cho|đến|tới|đăng ký với)(?: (?:trực tiếp|lại|kết quả|văn bản"
    rf"|ý kiến))?(?: (?:về|cho|đến|tới|với))? (?=[{UPPER}]|phòng (?!cháy|ngừa|vệ)|sở |cấp )"
)
# After these commas the name of a body goes on.
_IN_NAME = (
    r"(?:viên chức|chữa cháy|cứu hộ|[Cc]hống|[Tt]hể thao|[Tt]hương binh|[Dd]u lịch|[Nn]gành|ban, ngành"
    r"|xã|phường|thị trấn|thị xã|thành phố|huyện|đặc khu)(?![\wÀ-ỹ])"
)
_THROUGH = re.compile(
    rf"\(? ?(?:thông )?qua (?P<who>(?:[{UPPER}]|phòng |văn phòng |cơ quan thường trực|địa chỉ|hộp thư"
    rf"|hệ thống)(?:[^();,.]|, (?={_IN_NAME})){{2,120}})"
)
_WHO_ENDS = re.compile(
    r" (?:trước|chậm nhất|để|qua|theo|và (?:gửi|đồng thời)|là|trong|\d|gặp|nhận|xem xét|ban hành"
    r"|phê duyệt|kết quả|tổng hợp|định kỳ|hằng|hàng|danh sách|hồ sơ|đúng|khi|nhằm|đồng thời|bằng|ngay"
    r"|tại|kịp|ngày|thẩm định|quyết định|cho ý kiến|đến hết|Báo cáo|về (?:việc|kết quả|tình hình"
    r"|công tác))(?![\wÀ-ỹ])"
)


def action(duty: Duty) -> str:
    """The text without who orders it and of whom: "Giao Sở Nội vụ theo dõi …" → "theo dõi …"."""
    text, at = duty.text, 0
    if mark := MARK.search(text[:HEAD]):
        at = mark.end()
    for start in (at, 0):
        if found := subject(text, start):
            return text[found.end :].lstrip(" ,:-–")
    return text


def nature(duty: Duty) -> Nature:
    """A date or a thing handed in makes it one of once; a cycle makes it recurring; the rest is always to be done."""
    if any(one.rrule for one in duty.phrases):
        return Nature.RECURRING
    if duty.phrases or duty.product:
        return Nature.ONE_OFF
    text = _QUOTED.sub("", action(duty))
    result, always = _RESULT.search(text), _ALWAYS.match(text)
    if result is None or (always and result.start() > FAR):
        return Nature.CONTINUING
    return Nature.ONE_OFF


def product(duty: Duty) -> str | None:
    """What is handed in, as the text names it."""
    if duty.product:
        return duty.product
    if nature(duty) is Nature.CONTINUING:
        return None
    for text in (action(duty), duty.more):
        for pattern, ends in ((_SENT, None), (_PRODUCT, _WHAT_ENDS), (_REPORTS, _WHAT_ENDS)):
            if found := pattern.search(text):
                what = (ends.split(found["what"])[0] if ends else found["what"]).strip(" ,")
                if what and what.count("“") == what.count("”"):
                    return what
    return "ý kiến" if _OPINION.search(duty.text) else None


def receiver(duty: Duty) -> str | None:
    """To whom it goes: after "gửi", "về", "báo cáo", "trình"."""
    for text in (duty.text, duty.more):
        for found in _TO.finditer(text):
            rest = text[found.end() : found.end() + 160]
            if PARTY.match(rest) or re.match(
                r"(?:Thủ tướng|Phòng|phòng|Ban Tổ chức|cấp có thẩm quyền)", rest
            ):
                who = _WHO_ENDS.split(
                    re.split(
                        rf"(?!, {_IN_NAME})[(;:,.](?: |$|\))",
                        rest.replace("TP. ", "TP ").replace("Tp. ", "Tp "),
                    )[0].split("(")[0]
                )[0].strip(" ,./")
                if who:
                    return who
    return None


def through(duty: Duty) -> str | None:
    """Through whom: "(qua Sở Nội vụ)"."""
    for text in (duty.text, duty.more):
        if found := _THROUGH.search(text):
            return _WHO_ENDS.split(found["who"])[0].strip(" ,./")
    return None
