"""What stands around a date: whether it asks for work by then, or dates data, a document, an event."""

from __future__ import annotations

import re

from directives.drafting.doubts import Doubt
from directives.drafting.phrase import Phrase
from directives.drafting.sent import is_sent

WINDOW, SHORT = 90, 25  # characters before a date; of a clause that tells nothing
# Directly before the phrase: the date says which data, or how long something holds.
_DATA = re.compile(
    r"(?:số liệu(?: [\wÀ-ỹ]+){0,3}|tính(?: từ| đến| tới)?|chốt(?: số liệu)?|thống kê|kỳ báo cáo"
    r"|thời gian báo cáo|hiệu lực(?: thi hành)?"
    r"|(?<!không )phát sinh|sinh|khởi công|nhiệm kỳ(?: [\wÀ-ỹ]+){0,2}|giai đoạn(?: (?!xong|hoàn)[\wÀ-ỹ]+){0,2}"
    r"|thời gian (?:họp|tổ chức|diễn ra)"
    r"|có giá trị(?: sử dụng)?|áp dụng|hợp đồng)"
    r"(?:,? (?:kể từ|từ) (?:ngày )?[\d/. -]{3,12}|(?: từ)? (?:tháng"
    r"|quý) [\dIVX]{1,3}(?:/\d{4})?)?(?: (?:đến|cho đến|tới|từ))? ?\(?$",
    re.I,
)
# "gửi trước ngày 10/12 để Sở tổng hợp, báo cáo … trước ngày 20/12": the second day is the receiver's.
_THEIRS = re.compile(
    r"(?:\d|(?:/\d{1,4}|tháng \d{1,2}(?: năm \d{4})?) [^.;]{0,80}),? để [^.;]{0,80}(?:tổng hợp|báo cáo|trình|gửi)[^.;]{0,80}$"
)
_ATTENDS = re.compile(
    r"(?:có mặt|tập trung tại|tham dự|dự họp|dự hội nghị|khai mạc|bắt đầu|xuất phát)[^.;,]{0,60}$", re.I
)
_HOLDS = re.compile(
    r"gia hạn|kéo dài|hiệu lực|nhiệm kỳ|giá trị|tiếp tục|duy trì|áp dụng|miễn|giấy phép|hợp đồng|trực (?!tuyến|tiếp)|treo|"
    r"(?:thời gian|thời hạn) (?:thực hiện|thi công|áp dụng|sử dụng)",
    re.I,
)
_DONE = re.compile(
    r"(?:được|đã)(?: được)? (?:ban hành|cấp|phê duyệt|ký|tuyển dụng|thành lập|tiếp nhận|công nhận|phát hiện|khởi công"
    r"|xử phạt|xác lập)$",
    re.I,
)
# "các hợp đồng ký trước ngày …", "người vào làm trước ngày …": which ones are meant.
_THINGS = (
    r"(?:hồ sơ|văn bản|hợp đồng|quy hoạch|giấy phép|dự án|công trình|cơ sở|tài sản|khoản|nhà đất|đơn thư|đề án)"
    r"(?: [\wÀ-ỹ]+){0,3} (?:nộp|tiếp nhận|ký|lập|ban hành|hình thành|cấp|mua|xây dựng|thành lập)"
)
_PERSONS = (
    r"(?:trường hợp|người|đối tượng|cán bộ|công chức|viên chức|học sinh|lao động)(?: [\wÀ-ỹ]+){0,3}"
    r" (?:nghỉ(?: hưu)?|(?:có|được|bị) [^.;,]{0,30}|xin [\wÀ-ỹ]+|vào làm|hưởng)"
)
_WHICH = re.compile(rf"(?:{_THINGS}|{_PERSONS})$", re.I)
_RANGE = re.compile(r"từ (?:ngày )?[\d/. -]{1,12}(?:năm \d{4} ?)?(?:tháng \d{1,2} ?(?:năm \d{4} ?)?)?$", re.I)
# When something takes place, not by when something is due.
_EVENT = re.compile(
    r"thời gian (?:họp|tổ chức|diễn ra|điều tra|khảo sát|thi|học|làm việc|kiểm tra|thanh tra|tập huấn|phỏng vấn)"
    r"[^.;]{0,60}$",
    re.I,
)
_OCCASION = re.compile(
    r"dự kiến (?:tổ chức|diễn ra|khai mạc|họp)[^.;,]{0,30}$|(?:phục vụ|chào mừng|kỷ niệm) [^.;,]{0,60}$", re.I
)
_TARGET = re.compile(r"(?:phấn đấu|mục tiêu|quyết tâm|cố gắng)(?:[^.;]|\.\d){0,100}$", re.I)
_ASKS = re.compile(
    r"(?:hoàn thành|hoàn thiện|xong|trình|ban hành|gửi|nộp|báo cáo|tổ chức|phê duyệt|triển khai"
    r"|thực hiện|xây dựng|rà soát|tham mưu|khắc phục"
    r"|thời gian|thời hạn|tiến độ|tiếp nhận|nhận|đăng ký|cập nhật|họp|cử|kê khai|giải quyết|bàn giao"
    r"|đưa|tổng kết|sơ kết|xử lý|khởi công|giải ngân|kiện toàn|công bố|kết thúc|dứt điểm|vận hành"
    r"|kiểm tra|lập|hướng dẫn|tuyên truyền|phổ biến|quán triệt|phát động|thành lập|thẩm định|góp ý|bố trí|huấn luyện"
    r"|diễn tập|tập huấn|giám sát|ra quân|kiểm kê|thanh tra|cung cấp|công khai|tổng hợp|cắt giảm|hoàn ứng|hoàn trả"
    r"|chi trả|thu hồi|kiểm điểm|cấp (?:bổ sung|kinh phí|phát|đổi|giấy))\b",
    re.I,
)
_DATA_NOUN = re.compile(
    r"(?:kết quả|số liệu|hoạt động|tình hình|đơn vị|phát sinh|công tác|thành tích|chỉ tiêu|kế hoạch"
    r"|nhiệm vụ|đã [\wÀ-ỹ]+|diễn ra|đạt được"
    r"|thực hiện|kinh phí|vốn|dự toán|chương trình)$",
    re.I,
)
_STRONG = re.compile(
    r"(?:hoàn thành|hoàn thiện|xong|trình|ban hành|kết thúc|dứt điểm|gửi|nộp"
    r"|phê duyệt)(?: [^.;,]{0,60})?,? $",
    re.I,
)
_REPORTING = re.compile(
    r"(?:báo cáo|tổng hợp|gửi|rà soát|cập nhật|đánh giá|kiểm tra|họp|giao ban|công bố|thống kê)", re.I
)


# What was so by then, and figures as of then: past dates that nobody can meet.
_STATE = re.compile(r"(?:được|đã|có|bị) [^.;,]{2,40}$", re.I)
_FIGURES = re.compile(
    r"(?:số dư|số liệu|tình hình|kết quả|số lượng|tỷ lệ|lũy kế|tổng số|thực hiện|phát sinh|tồn)[^.;]{0,80}$",
    re.I,
)


def _before(text: str, start: int) -> str:
    return text[max(0, start - WINDOW) : start]


def _clause(text: str, start: int) -> str:
    """From the last full stop or semicolon to the phrase, at most 300 characters."""
    head = text[max(0, start - 300) : start]
    return re.split(r"[.;] ", head)[-1]


def is_data(text: str, start: int, phrase: Phrase) -> bool:
    """Whether the date only says which data are meant, or how long something holds."""
    before = _before(text, start).rstrip()
    if re.match(r"(?:trước|hết|đến hết|tới hết)", phrase.phrase, re.I) and _DATA.search(before):
        return True
    if _RANGE.search(before) and _EVENT.search(before):
        return True
    if phrase.doubt is Doubt.PAST and (
        _STATE.search(before) or ("hết" in phrase.phrase and _FIGURES.search(before))
    ):
        return True
    # A stretch of time that is over when the letter is signed is what it reports of.
    return phrase.doubt is Doubt.PAST and bool(_RANGE.search(before))


def is_target(text: str, start: int) -> bool:
    return bool(_TARGET.search(_before(text, start)))


def asks_for_work(text: str, start: int) -> bool:
    """Whether "trong tháng 6" says when to be done, and not of when the data are."""
    clause = _clause(text, start)
    if not clause.strip():
        return True
    if _DATA_NOUN.search(clause.rstrip()) and not _STRONG.search(clause):
        return False
    return bool(_ASKS.search(clause))


def doubt(text: str, start: int, phrase: Phrase) -> Doubt | None:
    """Why the date may be none of a deadline, as far as the words around it tell."""
    before, clause, said = _before(text, start).rstrip(), _clause(text, start), phrase.phrase.lower()
    if _RANGE.search(before) or _DONE.search(before):
        return Doubt.PERIOD
    if phrase.rrule:
        return None
    if _THEIRS.search(clause):
        return Doubt.SUBJECT
    if _WHICH.search(before) and not said.startswith("trong"):
        return Doubt.PERIOD
    if _ATTENDS.search(before) or _OCCASION.search(before):
        return Doubt.EVENT
    if "hết" in said and _HOLDS.search(clause):
        return Doubt.PERIOD
    if len(clause) <= SHORT:
        return None
    if not said.startswith(("hạn", "thời hạn")) and not _ASKS.search(clause):
        return Doubt.PERIOD
    if said.startswith("trong ") and not _STRONG.search(clause) and not is_sent(clause):
        return Doubt.PERIOD
    return None


def reports_each_time(text: str, start: int, end: int) -> bool:
    """ "hằng tháng" where a report is asked each time: at the head of the clause, or right after "báo cáo"."""
    before = text[max(0, start - 40) : start].rstrip()
    if re.search(r"(?:^|[.;:,-]|và|\d{1,2}\.|[a-zđ]\))$", before) and _REPORTING.search(text[end : end + 60]):
        return not re.search(r"(?:kế hoạch|chương trình|dự toán)$", before, re.I)
    return bool(re.search(r"(?:báo cáo|tổng hợp|gửi)(?: [\wÀ-ỹ]+){0,4}$", before, re.I)) and not re.search(
        r"(?:kế hoạch|chương trình|dự toán|nhiệm vụ|công tác|báo cáo năm)$", before, re.I
    )
