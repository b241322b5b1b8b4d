"""Verbs a duty begins with, in lower case as they stand after their subject; capitals belong to names ("Ban Quản lý")."""

from __future__ import annotations

import re

_WORDS = """
chủ trì|phối hợp|chủ động|tổ chức|triển khai|thực hiện|rà soát|báo cáo|xây dựng|ban hành|tham mưu|chỉ đạo|lãnh đạo|hướng dẫn|kiểm tra|giám sát|đôn đốc|theo dõi|tổng hợp|gửi|nộp|lập
đăng ký|cung cấp|công bố|công khai|tuyên truyền|vận động|phổ biến|quán triệt|tăng cường|đẩy mạnh|nâng cao|tiếp tục|thường xuyên|khẩn trương|tập trung|nghiên cứu|đề xuất|trình|bố trí|cân đối
phân bổ|giải ngân|hoàn thành|hoàn thiện|hoàn chỉnh|hoàn tất|chuẩn bị|cử|phân công|phân cấp|thành lập|kiện toàn|củng cố|bảo đảm|đảm bảo|duy trì|phát huy|phát động|phát hiện|xử lý|giải quyết|khắc phục
chấn chỉnh|tập huấn|bồi dưỡng|đào tạo|giáo dục|đánh giá|phân tích|thống kê|cập nhật|nhập liệu|kết xuất|truy cập|tiếp nhận|bàn giao|thẩm định|phê duyệt|thẩm tra|có ý kiến|cho ý kiến|góp ý|tham gia|có trách nhiệm
chịu trách nhiệm|phải|cần|có thể|không được|tuyệt đối|nghiêm túc|nghiêm cấm|kịp thời|tích cực|trực tiếp|sắp xếp|ghi|ký|đưa tin|đưa|tuyên dương|khen thưởng|biểu dương|nhân rộng|mở|vận hành|số hóa|bảo vệ
phòng, chống|phòng chống|ngăn chặn|đấu tranh|tuần tra|di dời|sơ tán|ứng phó|dự báo|cảnh báo|trực ban|huy động|hỗ trợ|chi trả|thanh toán|quyết toán|tạm ứng|mua sắm|lắp đặt|sửa chữa|nạo vét|gia cố|thu gom
giới thiệu|đăng tải|đăng|phát sóng|thông báo|kê khai|khai báo|xác minh|xác định|quy hoạch|điều chỉnh|sửa đổi|bổ sung|đổi mới|cải cách|cắt giảm|đơn giản hóa|áp dụng|sử dụng|quản lý chặt chẽ|siết chặt
căn cứ|trên cơ sở|theo chức năng|theo phạm vi|theo thẩm quyền|trong phạm vi|quan tâm|lưu ý|yêu cầu|đề nghị|kiến nghị|tiến hành|khảo sát|phân loại|tạo điều kiện|tạo mọi điều kiện|kết nối|liên thông|tích hợp
cải thiện|mở rộng|khuyến khích|thúc đẩy|thu hút|quản lý|làm việc|thanh tra|kiểm soát|kiểm kê|rút kinh nghiệm|sơ kết|tổng kết|làm rõ|lựa chọn|ưu tiên|tự|xem xét|gắn|photo|nghiệm thu|niêm yết|thực hành|chấp hành
cam kết|nắm|nêu|đối thoại|tiếp công dân|lồng ghép|chuyển|cấp phát|cấp phép|thu hồi|hủy bỏ|giảm|tăng|đối chiếu|chốt|tiêu hủy|tiêm|phun|khoanh vùng|tuyển chọn|tuyển dụng|bồi thường|giải phóng|khởi công|thi công|kiểm định|nhân bản|bám sát|giao(?! thông| dịch| ban| lưu| tiếp| đất| thừa)
đẩy nhanh|điều hành|tiếp thu|đảm nhận|đảm đương|giúp|giải trình|đàm phán|điều phối|kéo giảm|tăng tốc|vận dụng|nắm chắc|tham vấn|sáp nhập|giải thể|hợp nhất|rút ngắn|xóa bỏ|kích cầu|bình ổn|giữ gìn|phân định
xác nhận|chứng nhận|trao đổi|gặp gỡ|chia sẻ|kết hợp|đặt hàng|đấu thầu|đấu giá|định giá|chịu sự|dự kiến|triệu tập|theo sát|bao quát|cân nhắc|thuyết minh|ghi hình|quay|trưng bày|trình diễn|biểu diễn|thi đua|hưởng ứng|ký kết|ủng hộ|quyên góp|vận chuyển|tiêu thụ
phân tách|khoanh nuôi|trồng bù|nhận|lắng nghe|tiếp xúc|thăm hỏi|nâng|hạ|kéo dài|gia hạn|đình chỉ|thay đổi|bảo trì|bảo dưỡng|duy tu|điều tra|định kỳ|truy quét|cung ứng|dự trữ|biên soạn|soạn thảo|phát hành|tính toán|hòa giải|phân luồng|cách ly|điều trị|quyên góp|tiết kiệm|nâng cấp|tôn vinh|truyền thông|chuyển đổi|thí điểm|giữ vững|chuẩn hóa
phát triển|phòng ngừa|quyết liệt|linh hoạt|sẵn sàng|chú trọng|coi trọng|làm tốt|đốc thúc|thu thập|truy thu|hạn chế|không để|không tổ chức|dừng|tạm dừng|đình chỉ|lấy ý kiến|đề cử|tuyển sinh|công nhận|cụ thể hóa
ghi nhận|quyết định|trả lời|phản hồi|phản ánh|khai thác|cài đặt|tháo gỡ|nắm bắt|hoàn trả|tổng rà soát|xét|ra quân|treo|dọn dẹp|trang trí|tập hợp|thăm|trao|tặng|tri ân|chăm sóc|khơi thông|chằng chống|neo đậu|kêu gọi|tranh thủ
""".replace("\n", "|").strip("|")
_NOUNS = r"(?<!các )(?<!những )(?<!chưa )(?<!đã )(?<!được )(?<!không )(?<!cơ quan, )(?<!đoàn )(?<!công tác )(?<!công )(?<!độc )(?<!thanh )(?<!phụ trách )(?<!đang )(?<!cơ quan )(?<!việc )(?<!hệ thống )(?<!và công nghệ )(?<!nơi )(?<!cán bộ )(?<!thuộc diện )(?<!công nghệ thông tin )(?<!nhiệm vụ )(?<!bản )(?<!đơn vị, )"
VERB = re.compile(rf"(?<![\wÀ-ỹ]){_NOUNS}(?:{_WORDS})(?![\wÀ-ỹ])(?!, cá nhân| và cá nhân|, tham mưu của)")
# Too short to end a name, but an item may begin with them.
_SHORT = "là (?:cơ quan|đơn vị) (?:thường trực|đầu mối|chủ trì)|in|sao|trích|làm|thu|tiếp|chấm|trồng|thả|phân|giữ|xin|mời|đón|chọn|bình chọn|tính|dành|tránh|ngừng|rút|học|dạy|dùng|sơ chế|thay|xin ý kiến|từng bước|tạo|coi|lấy|đặt|cắm|quét|rà|kết hợp|đồng bộ|nhập|xuất|chi|bán|trang bị|trên tinh thần|không"
# At the beginning of an item they are written with a capital.
OPENING = re.compile(
    rf"(?:(?:Chủ động|Khẩn trương|Tiếp tục|Thường xuyên|Định kỳ|Kịp thời|Đồng thời|Hằng \w+|Hàng \w+)[, ]{{1,2}})?(?:{_WORDS}|{_SHORT})(?![\wÀ-ỹ])(?! ?:)",
    re.I,
)
