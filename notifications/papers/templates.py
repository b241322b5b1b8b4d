"""The Word templates of the papers made from nothing: `python -m notifications.papers.templates FOLDER`.

The templates in `notifications/templates/papers` are the truth, and office staff edit them in Word; this is how they
began.
"""

from __future__ import annotations

import sys
from pathlib import Path

from docx.document import Document

from notifications.papers.blank import Blank, Column

NUMBER = Column("Số TT", "{{ row.n }}", 10)
COUNTS = (
    Column("Tổng số", "{{ row.total }}", 12),
    Column("Đúng hạn", "{{ row.done }}", 13),
    Column("Quá hạn", "{{ row.late }}", 13),
    Column("Chờ xác nhận", "{{ row.awaiting }}", 14),
    Column("Chưa gửi, quá hạn", "{{ row.overdue }}", 16),
    Column("Trong hạn", "{{ row.running }}", 13),
    Column("Khác", "{{ row.other }}", 13),
)
UNIT = Column("Cơ quan, đơn vị, địa phương", "{{ row.name }}", 40, left=True)
SUBMITTED = (
    NUMBER,
    UNIT,
    Column("Số, ngày văn bản", "{{ row.document }}", 30, left=True),
    Column(
        "Nội dung báo cáo",
        "{{ row.title }} ({{ row.clause }})\n{%p if row.words %}\n{{ row.words }}\n{%p endif %}",
        41,
        left=True,
    ),
    Column("Ngày gửi", "{{ row.on }}", 22),
    Column("Tài liệu kèm theo", "{{ row.files }}", 22, left=True),
)


def _sums(of: str) -> list[str]:
    return [one.tag.replace("row.", f"{of}.") for one in COUNTS]


def report() -> Document:
    made = Blank()
    made.head()
    made.title("BÁO CÁO", "Kết quả {{ subject }}")
    made.addressed()
    made.say("Thực hiện {{ directive }}, {{ office_name }} tổng hợp, báo cáo kết quả như sau:")
    made.heading("I. TÌNH HÌNH CHUNG, CÔNG TÁC CHỈ ĐẠO")
    made.say(
        "{{ directive_short }} được triển khai đến {{ units_total }} cơ quan, đơn vị, địa phương với {{ total }} nhiệm vụ "
        "theo dõi. Số liệu trong Báo cáo này tính đến {{ until }}."
    )
    made.office("tình hình chung và công tác lãnh đạo, chỉ đạo, triển khai thực hiện")
    made.heading("II. KẾT QUẢ THỰC HIỆN")
    made.say(
        "Trong tổng số {{ total }} nhiệm vụ: {{ counted }}. Kết quả của từng đơn vị tại Phụ lục I; "
        "văn bản, tài liệu do các đơn vị gửi tại Phụ lục II."
    )
    _parts(made)
    _shortcomings(made)
    made.heading("IV. PHƯƠNG HƯỚNG, NHIỆM VỤ")
    made.say(
        "{{ office_name }} tiếp tục theo dõi {{ running }} nhiệm vụ còn trong hạn, đôn đốc {{ overdue }} nhiệm vụ đã quá hạn "
        "chưa gửi kết quả; kết quả gửi sau {{ until }} được tổng hợp tại báo cáo bổ sung."
    )
    made.office("phương hướng, nhiệm vụ thời gian tới")
    made.heading("V. KIẾN NGHỊ, ĐỀ XUẤT")
    made.say(
        "Đến {{ until }}, {% if extensions %}còn {{ extensions }} đề nghị gia hạn của các đơn vị chưa có quyết định"
        "{% else %}không có đề nghị gia hạn nào của các đơn vị chờ quyết định{% endif %}."
    )
    made.office("kiến nghị, đề xuất")
    _closing(made, "báo cáo")
    made.annex(" I", "TỔNG HỢP KẾT QUẢ CỦA CÁC CƠ QUAN, ĐƠN VỊ, ĐỊA PHƯƠNG", "Báo cáo")
    units = (NUMBER, UNIT, *COUNTS, Column("Ghi chú", "{{ row.remark }}", 21, left=True))
    made.grid(units, "row in units", ["", "Tổng cộng", *_sums("units_sum"), ""])
    made.annex(" II", "DANH MỤC VĂN BẢN, TÀI LIỆU DO CÁC ĐƠN VỊ GỬI", "Báo cáo")
    made.grid(SUBMITTED, "row in submitted")
    return made.document


def _parts(made: Blank) -> None:
    clauses = (
        Column("Nội dung", "{{ row.title }} ({{ row.clause }})", 71, left=True),
        *COUNTS,
    )
    for loop, name in (("for part in parts", "part"), ("if beside.total", "beside")):
        made.tag(loop)
        made.heading(f"{{{{ {name}.n }}}}. {{{{ {name}.title }}}}")
        made.say(f"Có {{{{ {name}.total }}}} nhiệm vụ: {{{{ {name}.counted }}}}.")
        made.grid(clauses, f"row in {name}.clauses", ["Cộng", *_sums(f"{name}.sum")])
        if name == "part":
            made.office("kết quả nổi bật, mô hình, số liệu từ báo cáo của các đơn vị")
        made.tag("endfor" if name == "part" else "endif")


def _shortcomings(made: Blank) -> None:
    made.heading("III. TỒN TẠI, HẠN CHẾ, NGUYÊN NHÂN")
    made.tag("if items|length == 0")
    made.say("Tính đến {{ until }}, không có kết quả nào quá hạn chưa gửi hoặc được gửi sau thời hạn.")
    made.tag("else")
    made.say(
        "Tính đến {{ until }}, {{ missing_units }} cơ quan, đơn vị, địa phương chưa gửi {{ missing_total }} kết quả đã quá "
        "hạn; {{ late_total }} kết quả được gửi sau thời hạn, cụ thể như sau:"
    )
    made.tag("for item in items")
    made.say("- {{ item.title }} ({{ item.clause }}): {{ item.reported }}/{{ item.units }} đơn vị đã gửi.")
    made.tag("if item.missing_total")
    made.say("+ Chưa gửi ({{ item.missing_total }}): {{ item.missing }}.")
    made.tag("endif")
    made.tag("if item.late_total")
    made.say("+ Gửi sau thời hạn ({{ item.late_total }}): {{ item.late }}.")
    made.tag("endif")
    made.tag("endfor")
    made.tag("endif")
    made.office("tồn tại, hạn chế khác và nguyên nhân")


def _closing(made: Blank, kind: str) -> None:
    made.say(
        f"Trên đây là {kind} kết quả {{{{ subject }}}}, {{{{ office_name }}}} kính báo cáo {{{{ reported_to }}}}./."
    ).paragraph_format.keep_with_next = True
    made.signature()


def addendum() -> Document:
    made = Blank()
    made.head()
    made.title("BÁO CÁO", "Bổ sung kết quả {{ subject }}")
    made.addressed()
    made.say(
        "Tiếp theo báo cáo có số liệu tính đến {{ since }} về kết quả thực hiện {{ directive }}, {{ office_name }} báo cáo "
        "bổ sung các kết quả được gửi hoặc ghi nhận sau đó, tính đến {{ until }}, như sau:"
    )
    made.heading("1. Số liệu chung")
    made.say("Số liệu tại báo cáo trước: {{ counted_before }}.")
    made.say("Số liệu tính đến {{ until }}: {{ counted }}.")
    made.heading("2. Kết quả thay đổi")
    made.say(
        "Có {{ changes|length }} kết quả thay đổi tại Phụ lục I; {{ submitted|length }} văn bản tại Phụ lục II."
    )
    made.office("nhận xét, nếu có")
    _closing(made, "báo cáo bổ sung")
    made.annex(" I", "CÁC KẾT QUẢ THAY ĐỔI SO VỚI BÁO CÁO TRƯỚC", "Báo cáo")
    changes = (
        NUMBER,
        UNIT._replace(width=38),
        Column("Nội dung", "{{ row.title }} ({{ row.clause }})", 36, left=True),
        Column("Trước", "{{ row.before }}", 21),
        Column("Nay", "{{ row.now }}", 21),
        Column("Ngày gửi", "{{ row.on }}", 22),
        Column("Chậm; ghi chú", "{{ row.about }}", 17, left=True),
    )
    made.grid(changes, "row in changes")
    made.annex(" II", "DANH MỤC VĂN BẢN, TÀI LIỆU DO CÁC ĐƠN VỊ GỬI BỔ SUNG", "Báo cáo")
    made.grid(SUBMITTED, "row in submitted")
    return made.document


def letter() -> Document:
    made = Blank()
    made.head("V/v đôn đốc gửi kết quả thực hiện {{ directive_short }}")
    made.addressed()
    made.say("{{ office_name }} được giao theo dõi, đôn đốc việc thực hiện {{ directive }}.")
    made.say(
        "Tính đến ngày {{ today }}, {{ office_name }} chưa nhận được {{ items_total }} kết quả đã quá hạn"
        "{% if late_from %} từ {{ late_from }} ngày làm việc{% endif %} của {{ units_total }} "
        "cơ quan, đơn vị, địa phương (Phụ lục kèm theo)."
    )
    made.say(
        "Để kịp tổng hợp, báo cáo {{ reported_to }}, {{ office_name }} đề nghị Thủ trưởng các cơ quan, đơn vị, Chủ tịch Ủy "
        "ban nhân dân các địa phương nêu trên chỉ đạo khẩn trương hoàn thành, gửi kết quả "
        "{% if answer_by %}chậm nhất {{ answer_by }}{% else %}chậm nhất ngày [Văn phòng bổ sung thời hạn]{% endif %}, đồng thời "
        "nêu rõ lý do chậm. Trường hợp đã gửi, đề nghị thông tin để {{ office_name }} đối chiếu."
    )
    made.say(
        "Rất mong nhận được sự phối hợp thực hiện của các cơ quan, đơn vị, địa phương./."
    ).paragraph_format.keep_with_next = True
    made.signature()
    made.annex("", "DANH SÁCH CƠ QUAN, ĐƠN VỊ, ĐỊA PHƯƠNG CHƯA GỬI KẾT QUẢ ĐÃ QUÁ HẠN", "Công văn")
    made.grid(
        (
            NUMBER,
            UNIT,
            Column("Nội dung chưa gửi", "{{ row.title }} ({{ row.clause }})", 46, left=True),
            Column("Ngày cuối của thời hạn", "{{ row.deadline }}\n({{ row.basis }})", 35),
            Column("Số ngày quá hạn", "{{ row.days }}", 16),
            Column("Số lần đã nhắc bằng thư", "{{ row.reminders }}", 18),
        ),
        "row in items",
    )
    return made.document


def main(folder: Path) -> None:
    for name, made in (("report", report()), ("addendum", addendum()), ("letter", letter())):
        made.save(str(folder / f"{name}.docx"))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
