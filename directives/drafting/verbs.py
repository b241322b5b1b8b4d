"""Verbs a duty begins with, in lower case as they stand after their subject; capitals belong to names ("Ban Quản lý")."""

from __future__ import annotations

import re

_WORDS = """
ban hành|bao quát|biên soạn|biểu diễn|biểu dương|bàn giao|bám sát|báo cáo|bình ổn|bảo dưỡng|bảo trì
bảo vệ(?! thực vật| môi trường)|bảo đảm|bố trí|bồi dưỡng|bồi thường|bổ sung|cam kết|chi trả|chia sẻ|cho ý kiến|chuyển|chuyển đổi
chuẩn bị|chuẩn hóa|chú trọng|chăm sóc|chấn chỉnh|chấp hành|chằng chống|chỉ đạo|chịu sự|chịu trách nhiệm
chốt|chủ trì|chủ động|chứng nhận|coi trọng|cung cấp|cung ứng|cài đặt|cách ly|cân nhắc|cân đối|có thể
có trách nhiệm|có ý kiến|công bố|công khai|công nhận|căn cứ|cải cách|cải thiện|cảnh báo|cấp phát
cấp phép|cần|cập nhật|cắt giảm|cụ thể hóa|củng cố|cử|di dời|duy trì|duy tu|dọn dẹp|dừng|dự báo|dự kiến
dự trữ|ghi|ghi hình|ghi nhận|gia cố|gia hạn|giao(?! thông| dịch| ban| lưu| tiếp| đất| thừa)|giám sát
giáo dục|giúp(?! việc)|giải ngân|giải phóng|giải quyết|giải thể|giải trình|giảm(?! nghèo)|giới thiệu|giữ gìn|giữ vững|góp ý
gắn|gặp gỡ|gửi|hoàn chỉnh|hoàn thiện|hoàn thành|hoàn trả|hoàn tất|huy động|hòa giải|hướng dẫn|hưởng ứng
hạ(?! tầng)|hạn chế|hỗ trợ|hợp nhất|hủy bỏ|khai báo|khai thác|khen thưởng|khoanh nuôi|khoanh vùng|khuyến khích
không tổ chức|không được|không để|khơi thông|khảo sát|khẩn trương|khắc phục|khởi công|kiến nghị|kiểm kê
kiểm soát|kiểm tra|kiểm định|kiện toàn|kéo dài|kéo giảm|kê khai|kêu gọi|kích cầu|ký|ký kết|kết hợp
kết nối|kết xuất|kịp thời|linh hoạt|liên thông|làm rõ|làm tốt|làm việc|lãnh đạo|lưu ý|lấy ý kiến|lập
lắng nghe|lắp đặt|lồng ghép|lựa chọn|mua sắm|mở|mở rộng|neo đậu|nghiêm cấm|nghiêm túc|nghiên cứu
nghiệm thu|ngăn chặn|nhân bản|nhân rộng|nhận(?! được)|nhập liệu|niêm yết|nâng|nâng cao|nâng cấp|nêu|nạo vét|nắm
nắm bắt|nắm chắc|nộp|photo|phun|phát hiện|phát huy|phát hành|phát sóng|phát triển(?! nông thôn| quỹ đất)|phát động|phân bổ
phân công|phân cấp|phân loại|phân luồng|phân tách|phân tích|phân định|phê duyệt|phòng chống|phòng ngừa
phòng, chống|phải|phản hồi|phản ánh|phối hợp|phổ biến|quan tâm|quy hoạch|quyên góp|quyết liệt
quyết toán|quyết định|quán triệt|quản lý|quản lý chặt chẽ|ra quân|rà soát|rút kinh nghiệm|rút ngắn
siết chặt|soạn thảo|sáp nhập|sơ kết|sơ tán|sắp xếp|sẵn sàng|số hóa|sử dụng|sửa chữa|sửa đổi|tham gia
tham mưu|tham vấn|thanh toán|thanh tra|thay đổi|theo chức năng|theo dõi|theo phạm vi|theo sát
theo thẩm quyền|thi công|thi đua|thu gom|thu hút|thu hồi|thu thập|thuyết minh|thành lập|tháo gỡ|thí điểm
thông báo|thúc đẩy|thăm|thăm hỏi|thường xuyên|thẩm tra|thẩm định|thống kê|thực hiện|thực hành|tiêm
tiêu hủy|tiêu thụ|tiến hành|tiếp công dân|tiếp nhận|tiếp thu|tiếp tục|tiếp xúc|tiết kiệm|trang trí
tranh thủ|trao|trao đổi|treo|tri ân|triển khai|triệu tập|trong phạm vi|truy cập|truy quét|truy thu
truyền thông|trên cơ sở|trình|trình diễn|trưng bày|trả lời|trồng bù|trực ban|trực tiếp|tuyên dương
tuyên truyền|tuyển chọn|tuyển dụng|tuyển sinh|tuyệt đối|tuần tra|tích cực|tích hợp|tính toán|tôn vinh
tăng|tăng cường|tăng tốc|tạm dừng|tạm ứng|tạo mọi điều kiện|tạo điều kiện|tập huấn|tập hợp|tập trung
tặng|tổ chức|tổng hợp|tổng kết|tổng kiểm tra|tổng rà soát|(?<!trật )(?<!thứ )tự(?! vệ| nhiên| do| chủ)
vận chuyển|vận dụng|vận hành|vận động|xem xét|xác minh
xác nhận|xác định|xây dựng|xét|xóa bỏ|xử lý|yêu cầu|áp dụng|điều chỉnh|điều hành|điều phối|điều tra
điều trị|đàm phán|đào tạo|đánh giá|đình chỉ|đôn đốc|đăng|đăng ký|đăng tải|đơn giản hóa|đưa|đưa tin
đảm bảo|đảm nhận|đảm đương|đấu giá|đấu thầu|đấu tranh|đẩy mạnh|đẩy nhanh|đặt hàng|đề cử|đề nghị|đề xuất
huấn luyện|kiểm điểm|luân chuyển|điều động|bổ nhiệm|miễn nhiệm|niêm phong|tịch thu|xử phạt|khởi tố|truy tố
xét xử|bảo quản|lưu giữ|thu hoạch|tiêu độc|khử trùng|khử khuẩn|khoanh nợ|phê bình|chi viện|cứu trợ|trợ giúp
khánh thành|đón tiếp|khôi phục|phục hồi|chỉnh lý|chỉnh sửa|cưỡng chế|giải tỏa|tháo dỡ|đối soát|làm sạch
thay thế|cấp bổ sung|cấp kinh phí|cấp đổi|cấp giấy|cấp thẻ|hoàn ứng|phân phối|cho vay|san lấp|tập kết|sao lưu
bảo hành|giao nộp|tiếp đón|dập tắt|dập dịch|phúc tra|tái kiểm tra|thẩm tra xác minh|giải đáp|tiếp sóng
phát thanh|nhắc nhở|kiểm đếm|chuyển giao|chuyển hồ sơ|di chuyển|đóng góp|đóng cửa|rà phá|bóc tách
định giá|định kỳ|đốc thúc|đối chiếu|đối thoại|đổi mới|ưu tiên|ủng hộ|ứng phó
""".strip().replace("\n", "|")
# Too short to end a name, but an item may begin with them.
_SHORT = """
là (?:(?:cơ quan|đơn vị) (?:thường trực|đầu mối|chủ trì)|đầu mối|thường trực)|in|sao|trích|làm|thu|tiếp|chấm|trồng|thả|phân|giữ
xin|mời|đón|chọn|bình chọn|tính|dành|tránh|ngừng|rút|học|dạy|dùng|sơ chế|thay|xin ý kiến|từng bước|tạo
coi|lấy|đặt|cắm|quét|rà|đồng bộ|nhập|xuất|chi|bán|trang bị|trên tinh thần|không
""".strip().replace("\n", "|")
# After these the same word is no verb of doing: "các tổ chức", "chưa gửi", "công lập", "đoàn kiểm tra".
_NO_VERB_AFTER = (
    "các|Ban|ban|Hội đồng|Trung tâm|Chi cục|Quỹ|những|chưa|đã|được|không|cơ quan,|đoàn|công tác|công|độc|thanh"
    "|phụ trách|đang|cơ quan|việc|hệ thống|và công nghệ|nơi|cán bộ|thuộc diện|công nghệ thông tin|nhiệm vụ|bản"
    "|đơn vị,"
).split("|")
_PLAIN = "".join(f"(?<!{word} )" for word in _NO_VERB_AFTER)
VERB = re.compile(rf"(?<![\wÀ-ỹ]){_PLAIN}(?:{_WORDS})(?![\wÀ-ỹ])(?!, cá nhân| và cá nhân|, tham mưu của)")
# At the beginning of an item they are written with a capital.
OPENING = re.compile(
    r"(?:(?:Chủ động|Khẩn trương|Tiếp tục|Thường xuyên|Định kỳ|Kịp thời|Đồng thời|Hằng \w+|Hàng \w+)[, ]{1,2})?"
    rf"(?:{_WORDS}|{_SHORT})(?![\wÀ-ỹ])(?! ?:)",
    re.I,
)
