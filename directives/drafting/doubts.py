"""Why a person must look at a value: the words stand in the drafted file after `# RÀ SOÁT:`, and in --json."""

from enum import StrEnum

MARK = "RÀ SOÁT"


class Doubt(StrEnum):
    BLANK_DAY = "văn bản để trống ngày"
    NO_SUCH_DAY = "không có ngày này trong lịch"
    SCAN_NOISE = "chữ số có thể bị nhận dạng sai"
    SHORT_YEAR = "năm chỉ ghi hai chữ số"
    UNSIGNED = "văn bản không rõ ngày ký, không suy ra được năm"
    FAR_AWAY = "không ghi năm; ngày gần nhất cách ngày ký hơn mười tháng"
    WRONG_WEEKDAY = "thứ không khớp với ngày"
    PAST = "đã qua khi ký văn bản"
    NOT_AFTER_SIGNING = "hết hạn ngay khi ký văn bản"
    LONG_AFTER = "cách ngày ký hơn một năm mà chỉ là thời hạn theo ngày; kiểm tra năm"
    PERIOD = "có thể là kỳ số liệu, không phải thời hạn"
    EVENT = "có thể là ngày diễn ra sự kiện, không phải thời hạn"
    NO_CYCLE_DAY = "định kỳ nhưng không ghi ngày"
    WHICH_CYCLE = "không rõ kỳ báo cáo nào; ở đây hiểu là hằng tháng"
    SEVERAL = "nêu nhiều tháng, quý; ở đây lấy mốc cuối"
    TARGET = "là mục tiêu phấn đấu, không phải hạn cứng"
    FROM_SIGNING = "tính từ ngày ký, ngày đầu không tính"
    FROM_RECEIPT = "tính từ ngày nhận; lấy ngày mở đợt theo dõi"
    HOURS = "thời hạn tính bằng giờ"
    ANCHOR = "không rõ tính từ ngày nào"
    COUNTED_BACK = "tính lùi từ một ngày khác; kiểm tra lại"
    LUNAR = "ngày âm lịch; ghi ngày dương lịch"
    IN_WORDS = "tháng không ghi bằng số; ghi ngày"
    BARE_DAY = "kèm theo một ngày không ghi tháng; kiểm tra lại"
    SUBJECT = "câu nêu thời hạn nhưng không rõ thuộc nội dung nào"
