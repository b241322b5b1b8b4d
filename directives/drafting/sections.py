"""Headings: sections that ask nothing (aims, principles, the situation), and lines that only detail the task above."""

from __future__ import annotations

import re
from enum import StrEnum

_ASKS_NOTHING = re.compile(
    r"(?:mục đích|yêu cầu(?= *(?:$|[:.]|chung|đối với (?:kế hoạch|công tác)|và mục|, mục|cụ thể))"
    r"|mục tiêu|quan điểm|nguyên tắc|phạm vi|đối tượng|căn cứ(?= *(?:$|[:.]|pháp lý|xây dựng))"
    r"|tình hình|bối cảnh"
    r"|kết quả (?:đạt được|thực hiện)(?= *(?:$|[:.]|năm|trong|nhiệm vụ|công tác))"
    r"|đánh giá(?= *(?:$|[:.]|chung|tình hình|kết quả))|tồn tại|hạn chế"
    r"|nguyên nhân|khó khăn|thành phần|địa điểm|thời gian(?:,| và) (?:địa điểm|thành phần|hình thức|phạm vi|đối tượng)"
    r"|thời gian(?= *(?:$|[:.]))|sự cần thiết"
    r"|chỉ tiêu|giải thích|định hướng|phương hướng(?= *(?:$|[:.]))|những kết quả|ưu điểm"
    r"|kinh phí(?= *(?:$|[:.]|thực hiện|tổ chức|và))|nguồn kinh phí|hiệu lực)(?![\wÀ-ỹ])",
    re.I,
)


class Detail(StrEnum):
    LEAD = "lead"
    SUPPORT = "support"
    TIME = "time"
    PRODUCT = "product"


_DETAILS = (
    (
        Detail.SUPPORT,
        re.compile(
            r"(?:các )?(?:cơ quan|đơn vị|đơn vị, địa phương"
            r"|thành phần)?(?:,? đơn vị)? ?(?:có trách nhiệm )?(?:phối hợp)(?: thực hiện)? ?: ?",
            re.I,
        ),
    ),
    (
        Detail.LEAD,
        re.compile(
            r"(?:phân công|giao|cơ quan|đơn vị|bộ phận|trách nhiệm)?(?:,? (?:đơn vị"
            r"|cơ quan))? ?(?:chủ trì|thực hiện|tham mưu|đầu mối"
            r"|chịu trách nhiệm(?: chính)?)(?:,? (?:thực hiện|tham mưu))? ?: ?",
            re.I,
        ),
    ),
    (
        Detail.TIME,
        re.compile(
            r"(?:thời gian|thời hạn|tiến độ|hạn)(?: (?:hoàn thành|thực hiện|trình|báo cáo|nộp|gửi"
            r"|ban hành|giao)[^:.;]{0,30})? ?: ?",
            re.I,
        ),
    ),
    (
        Detail.PRODUCT,
        re.compile(
            r"(?:sản phẩm|kết quả(?: đầu ra)?|sản phẩm dự kiến|kết quả, sản phẩm"
            r"|dự kiến sản phẩm)(?: [^:.;]{0,30})? ?: ?",
            re.I,
        ),
    ),
)
_COLUMNS = (
    (Detail.SUPPORT, re.compile(r"phối hợp", re.I)),
    (Detail.TIME, re.compile(r"thời (?:gian|hạn|điểm)|tiến độ|hoàn thành|hạn(?: |$)", re.I)),
    (Detail.PRODUCT, re.compile(r"sản phẩm|kết quả|đầu ra", re.I)),
    (
        Detail.LEAD,
        re.compile(
            r"chủ trì|(?:cơ quan|đơn vị|bộ phận)(?:,? \w+)? (?:thực hiện|tham mưu|phụ trách|đầu mối"
            r"|chịu trách nhiệm)|đơn vị$|cơ quan$|phụ trách|người thực hiện|tổ chức thực hiện"
            r"|trách nhiệm",
            re.I,
        ),
    ),
)
_TASK = re.compile(
    r"nội dung|nhiệm vụ|công việc|hoạt động|tên (?:việc|văn bản|báo cáo|đề án|nhiệm)|việc|giải pháp|báo cáo",
    re.I,
)


def asks_nothing(text: str) -> bool:
    """Whether a heading opens a section without duties. A sentence is none: "Yêu cầu Sở Y tế …"."""
    return bool(_ASKS_NOTHING.match(text.strip()))


def is_heading(text: str) -> bool:
    """Short, without a full stop: names what stands below."""
    return len(text) < 160 and (text.isupper() or not text.rstrip().endswith((".", ";", "./.")))


def detail(text: str) -> tuple[Detail, str] | None:
    """What a line like "Cơ quan chủ trì: Sở Y tế" says of the task above it."""
    for name, pattern in _DETAILS:
        if (found := pattern.match(text)) and len(text) < 400:
            return name, text[found.end() :].strip(" .;")
    return None


def columns(cells: tuple[str, ...]) -> dict[str, int] | None:
    """Which column of a table of tasks holds what; None for the head of any other table."""
    found: dict[str, int] = {}
    if re.match(r"\d", cells[0]):
        return None
    for n, text in enumerate(cells):
        if not text or len(text) > 60:
            continue
        name = next((kind.value for kind, pattern in _COLUMNS if pattern.search(text)), None)
        if name is None and _TASK.search(text):
            name = "task"
        if name and name not in found:
            found[name] = n
    if "task" not in found and Detail.PRODUCT in found:
        found["task"] = found.pop(Detail.PRODUCT)
    return (
        found
        if "task" in found and len(found) > 1 and (Detail.LEAD in found or Detail.TIME in found)
        else None
    )
