"""Sentences that look like orders and ask nothing of their own: courtesies, "nhận được văn bản này … thực hiện", opinions."""

from __future__ import annotations

import re

from directives.drafting.verbs import VERB

_DOCUMENT = r"(?:công văn|văn bản|thông báo|chỉ thị|kế hoạch|công điện|quyết định|nghị quyết|kết luận|chương trình|hướng dẫn)"
_EMPTY = re.compile(
    rf"rất mong|trân trọng|trên đây là|(?:quá|sau) thời hạn (?:trên|nêu trên)"
    rf"|có hiệu lực (?:thi hành )?(?:kể )?từ|chịu trách nhiệm (?:tổ chức )?(?:thi hành"
    rf"|thực hiện) {_DOCUMENT} này"
    rf"|(?:căn cứ|chiểu|chịu trách nhiệm)[^.]{{0,30}}{_DOCUMENT} (?:này )?thi hành"
    rf"|(?<!giao )(?:xin|vui lòng|đề nghị)? ?(?:các đơn vị )?liên hệ (?:với|trực tiếp|qua|theo|về|phòng"
    rf"|sở|cục|văn phòng)"
    rf"|(?:thông báo|gửi)[^.;]{{0,160}}(?:để|đến)[^.;]{{0,120}}biết(?:,| và|, tổ chức|, triển khai)"
    rf"|biết(?:,| và) (?:tổ chức |phối hợp |triển khai )*(?:thực hiện|tham gia|triển khai)"
    rf"|quan tâm,? (?:phối hợp,? )?(?:chỉ đạo )?(?:và )?(?:tổ chức "
    rf"|triển khai )?(?:phối hợp )?thực hiện(?: tốt| nghiêm túc)?(?: để|[^.]{{0,40}}\.?(?:/\.)?$)"
    rf"|(?:đề nghị|yêu cầu) [^.;:]{{0,120}}(?:nghiêm túc|khẩn trương|nghiêm chỉnh),? (?:tổ chức "
    rf"|triển khai )*(?:chỉ đạo )?thực hiện(?: nghiêm túc)?\.?(?:/\.)?$"
    rf"|nghiêm túc (?:triển khai )?thực hiện[;,] (?:nếu )?(?:có )?khó khăn"
    rf"|(?:chỉ đạo )?(?:thực hiện|triển khai) nghiêm túc\.?(?:/\.)?$"
    rf"|thực hiện đúng (?:theo )?tinh thần|phối hợp chặt chẽ của|bãi bỏ|thay thế {_DOCUMENT}",
    re.I,
)
_THIS = re.compile(
    rf"(?:triển khai|tổ chức|chấp hành|nghiêm túc|nghiêm|thực hiện)[^.;]{{0,129}}"
    rf"{_DOCUMENT} này(?! (?:đến|tới|và (?:báo cáo|gửi)))",
    re.I,
)
_URGES = re.compile(
    rf"(?:đề nghị|yêu cầu) (?P<whom>[^.:]{{3,400}}?) (?:nghiêm túc|khẩn trương|nghiêm chỉnh),? (?:triển khai |tổ chức "
    rf"|chỉ đạo |quán triệt )*(?:thực hiện|thi hành)(?: nghiêm túc)?(?: (?:nội dung )?{_DOCUMENT} (?:này|trên))?[./]*$",
    re.I,
)
# "Trong quá trình thực hiện, nếu có vướng mắc, các đơn vị phản ánh về …": an offer, unless it is asked for.
_OFFERS = re.compile(
    r"(?:trong )?quá trình (?:triển khai |tổ chức )*thực hiện[^.;]{0,30} (?:khó khăn|vướng mắc|phát sinh)"
    r"(?:(?!đề nghị|yêu cầu)[^.;])*? phản ánh(?![\wÀ-ỹ])",
    re.I,
)
_OWN_WORK = re.compile(
    r"theo dõi|đôn đốc|kiểm tra|báo cáo|tổng hợp|gửi|quán triệt|phổ biến|xây dựng|ban hành"
    r"|kế hoạch (?:cụ thể|chi tiết|thực hiện|triển khai)|tuyên truyền|hướng dẫn",
    re.I,
)
_NEED_NOT = re.compile(r"không (?:phải|cần|bắt buộc) ", re.I)
_RECEIVED = re.compile(rf"(?:khi |sau khi )?nhận được (?:được )?{_DOCUMENT}(?: này)?", re.I)
_CONCRETE = re.compile(r"(?:cử|gửi|đăng ký|sắp xếp|báo cáo|lập|nộp|xây dựng|ban hành) ", re.I)
_OPINION = re.compile(
    r"(?:cơ bản |hoàn toàn )?(?:thống nhất|đồng ý|ghi nhận|biểu dương(?!, | và )|đánh giá cao|hoan nghênh|nhất trí"
    r"|chấp thuận|phê duyệt|ban hành kèm theo|công nhận|khen ngợi|cho phép|tán thành)(?![\wÀ-ỹ])",
    re.I,
)
_STORY = re.compile(
    r"(?:thời gian qua|trong (?:những )?(?:năm|tháng|thời gian) (?:qua|gần đây|vừa qua)|qua (?:theo dõi"
    r"|kiểm tra|rà soát|báo cáo)|hiện nay|tuy nhiên|bên cạnh đó, (?:vẫn|còn)|nguyên nhân|theo (?:dự báo"
    r"|báo cáo|thông tin))[, ]",
    re.I,
)


_TELLS = re.compile(r"[^,;:.]{3,80} là (?:một |căn cứ|cơ sở|tiêu chí|điều kiện)", re.I)


def asks_nothing(sentence: str, *, dated: bool) -> bool:
    """Whether the sentence closes, reports or thanks. `dated`: it has a deadline of its own."""
    if dated:
        return bool(re.match(r"(?:quá|sau) thời hạn (?:trên|nêu trên)", sentence, re.I))
    if _RECEIVED.match(sentence):
        rest = sentence[_RECEIVED.match(sentence).end() :]  # type: ignore[union-attr]
        return not _CONCRETE.search(rest) or "liên hệ" in rest
    if (
        _EMPTY.search(sentence)
        or _NEED_NOT.match(sentence)
        or _OFFERS.match(sentence)
        or only_urges(sentence)
    ):
        return True
    this = None if sentence.startswith("Giao ") else _THIS.search(sentence)
    return bool(this) and not _OWN_WORK.search(sentence[: this.end()] if this else "")


def only_urges(sentence: str) -> bool:
    """A list of those who are urged, and no work of their own within it."""
    found = _URGES.match(sentence)
    return found is not None and VERB.search(found["whom"]) is None


def is_opinion(sentence: str) -> bool:
    """Whether it agrees, praises or tells, rather than asks."""
    return bool(_OPINION.match(sentence) or _STORY.match(sentence) or _TELLS.match(sentence))
