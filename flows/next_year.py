"""Next year's campaign: a form that makes it from last year's, and a yearly reminder that it is time to."""

from __future__ import annotations

import re
from datetime import date
from typing import Annotated, Any

from prefect import flow
from prefect.client.schemas.objects import State
from prefect.states import Completed, Failed
from pydantic import Field

from config.loader import CONFIG, archived_files, campaign_files
from directives.errors import DondocError
from flows.wording import today
from notifications.words import entry, say
from tasks import workplace
from tasks.alerts import mail_ops
from tasks.next_year import Wanted, prepare_next_year, unprepared

# An enumeration is shown as a drop-down. What was put away is last year's campaign as well.
CAMPAIGNS: Any = [file.stem for file in (*campaign_files(), *archived_files())]
ORGANISATIONS: Any = sorted((file.stem for file in (CONFIG / "units").glob("*.csv")), reverse=True)


@flow(name=entry("rerun.flow"), flow_run_name="{campaign} · {year}")
def next_year(
    campaign: Annotated[str, Field(json_schema_extra={"title": "Đợt năm trước", "enum": CAMPAIGNS})],
    year: Annotated[int, Field(json_schema_extra={"title": "Năm mới"})],
    directive: Annotated[str, Field(json_schema_extra={"title": "Số, ký hiệu văn bản mới"})],
    issued: Annotated[date, Field(json_schema_extra={"title": "Ngày ban hành"})],
    deadline: Annotated[str, Field(json_schema_extra={"title": "Thời hạn theo văn bản"})],
    organisation: Annotated[
        str, Field(json_schema_extra={"title": "Tổ chức hiện nay", "enum": ORGANISATIONS})
    ] = ORGANISATIONS[0],
    dry_run: Annotated[bool, Field(json_schema_extra={"title": "Chỉ xem trước"})] = True,
) -> State:
    """Lập tệp của đợt theo dõi năm sau và trang rà soát. Không mở đợt theo dõi, không gửi thư nào.

    Args:
        campaign: Đợt theo dõi của năm trước, lấy làm gốc.
        year: Năm của đợt mới, ví dụ 2027.
        directive: Ví dụ 215/UBND-NC.
        issued: Ngày ghi trên văn bản mới.
        deadline: Nguyên văn, ví dụ: trước ngày 10/11/2027. Nhiều thời hạn thì viết 1g/report=trước ngày …; mục khác=…
        organisation: Danh sách đơn vị đang có hiệu lực.
        dry_run: Bật thì chỉ hiện trang rà soát; tắt thì ghi tệp của đợt mới để sửa tiếp.
    """
    lines = tuple(line.strip() for line in re.split(r"[\n;]", deadline) if line.strip())
    try:
        done = prepare_next_year(Wanted(campaign, year, directive, issued, lines, organisation), dry_run)
    except DondocError as error:
        return Failed(message=str(error))
    values: dict[str, object] = {"marks": done.marks, "dates": done.dates, "lost": done.lost}
    return Completed(message=say(f"rerun.{'dry' if dry_run else 'written'}", file=done.file.name, **values))


@flow(name=entry("rerun.remind_flow"))
async def remind() -> State:
    """Mỗi năm một lần, nhắc bộ phận vận hành nếu nhóm văn bản nào chưa có đợt theo dõi của năm."""
    year = today().year
    missing = unprepared(year)
    told = [one.title for one in missing if await mail_ops(one)]
    if not missing:
        return Completed(message=say("rerun.prepared", year=year))
    if not told:
        return Completed(message=say("run.alerted_before"))
    address = workplace.settings().ops_address
    return Completed(message=say("rerun.reminded", address=address, series=", ".join(told)))
