"""Made-up people with the names, numbers and telephones that a commune in the highlands sees."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

FAMILY = (
    ("Nguyễn", 380), ("Trần", 110), ("Lê", 95), ("Phạm", 70), ("Hoàng", 30), ("Huỳnh", 22), ("Phan", 45),
    ("Vũ", 22), ("Võ", 18), ("Đặng", 21), ("Bùi", 20), ("Đỗ", 14), ("Hồ", 13), ("Ngô", 13), ("Dương", 10),
    ("Lý", 5), ("Đinh", 10), ("Trương", 15), ("Mai", 8), ("Đoàn", 8), ("Lương", 6), ("Cao", 6), ("Nông", 5),
    ("Thái", 4), ("Tạ", 4), ("Quách", 2), ("Đào", 7), ("Trịnh", 7), ("Hà", 6), ("Châu", 3),
)  # fmt: skip
"""Family names by how many of a thousand people bear them."""

MIDDLE = {
    "male": ("Văn", "Văn", "Văn", "Đức", "Minh", "Hữu", "Quốc", "Công", "Xuân", "Thanh", "Đình", "Ngọc", "Quang"),
    "female": ("Thị", "Thị", "Thị", "Thị", "Ngọc", "Thị Hồng", "Thị Thanh", "Thị Kim", "Thùy", "Mỹ", "Phương", "Thu"),
}
GIVEN = {
    "male": (
        "Anh", "Bảo", "Bình", "Chiến", "Cường", "Dũng", "Đạt", "Đức", "Giang", "Hải", "Hậu", "Hiếu", "Hòa", "Hùng",
        "Huy", "Khánh", "Khoa", "Kiên", "Lâm", "Long", "Lộc", "Minh", "Nam", "Nghĩa", "Nhân", "Phong", "Phúc",
        "Quân", "Quyết", "Sơn", "Tài", "Thắng", "Thành", "Thịnh", "Tiến", "Toàn", "Trung", "Tuấn", "Tùng", "Việt",
    ),
    "female": (
        "Ánh", "Bích", "Châu", "Chi", "Diễm", "Dung", "Duyên", "Giang", "Hà", "Hạnh", "Hằng", "Hiền", "Hoa", "Hồng",
        "Huệ", "Hương", "Lan", "Liên", "Linh", "Loan", "Mai", "My", "Nga", "Ngân", "Nhung", "Oanh", "Phượng",
        "Quỳnh", "Tâm", "Thảo", "Thơm", "Thúy", "Thư", "Trang", "Trâm", "Tuyết", "Uyên", "Vân", "Xuân", "Yến",
    ),
}  # fmt: skip
HIGHLAND_FAMILY = ("Niê", "Niê Kdăm", "Êban", "Mlô", "Ayŭn", "Byă", "Kbuôr", "Ênuôl", "Ktla", "Hmŏk")
HIGHLAND_GIVEN = {
    "male": ("Thắng", "Bhuăt", "Blir", "Dhăm", "Kuan", "Nguê", "Sĭ", "Wŏt", "Yŏn", "Jŭt"),
    "female": ("Ngăm", "Blŏng", "Djuan", "Hương", "Juên", "Kiă", "Mĭn", "Nuôn", "Rŭt", "Yŭn"),
}
HIGHLAND_SHARE = 0.25
PHONES = ("090", "091", "093", "094", "096", "097", "098", "032", "034", "035", "038", "070", "078", "082", "085")
PROVINCES = ("066", "066", "066", "067", "064", "052", "054", "040", "001", "079")


@dataclass(frozen=True, slots=True)
class Person:
    name: str
    personal_number: str
    phone: str
    sex: str
    birth_date: str


def make_person(random: Random) -> Person:
    """The next person; the same random state gives the same person."""
    sex = "male" if random.random() < 0.5 else "female"
    if random.random() < HIGHLAND_SHARE:
        mark = "Y" if sex == "male" else "H'"
        name = f"{mark} {random.choice(HIGHLAND_GIVEN[sex])} {random.choice(HIGHLAND_FAMILY)}"
    else:
        family = random.choices([item[0] for item in FAMILY], cum_weights=_CUMULATED)[0]
        name = f"{family} {random.choice(MIDDLE[sex])} {random.choice(GIVEN[sex])}"
    year = random.randint(1945, 2007)
    century = (0 if year < 2000 else 2) + (sex == "female")
    return Person(
        name=name,
        personal_number=f"{random.choice(PROVINCES)}{century}{year % 100:02d}{random.randint(0, 999_999):06d}",
        phone=f"{random.choice(PHONES)}{random.randint(0, 9_999_999):07d}",
        sex=sex,
        birth_date=f"{year}-{random.randint(1, 12):02d}-{random.randint(1, 28):02d}",
    )


def _cumulated() -> list[int]:
    total, found = 0, []
    for _, share in FAMILY:
        total += share
        found.append(total)
    return found


_CUMULATED = _cumulated()
