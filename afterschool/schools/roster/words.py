"""The headings of student-register exports, as the systems of different places write them."""

import re
import unicodedata

COLUMNS = {
    "number": ("学籍号", "全国学籍号", "学生学籍号"),
    "name": ("姓名", "学生姓名"),
    "sex": ("性别",),
    "born_on": ("出生日期", "出生年月日", "出生年月"),
    "grade": ("年级", "年级名称"),
    "class": ("班级", "班级名称", "所在班级"),
    "boards": ("就读方式",),
    "is_migrant": ("是否随迁子女", "随迁子女", "是否进城务工人员随迁子女"),
    "is_left_behind": ("是否留守儿童", "留守儿童"),
    "is_orphan": ("是否孤儿", "孤儿"),
    "is_disabled": ("是否残疾", "残疾", "是否残疾人"),
    "is_registered_poor": ("是否建档立卡", "建档立卡", "是否建档立卡贫困家庭"),
    "name1": ("监护人1姓名", "监护人姓名", "家长1姓名", "家长姓名"),
    "relation1": ("监护人1关系", "监护人关系", "监护人1与学生关系", "家长1关系", "关系"),
    "phone1": ("监护人1电话", "监护人1联系电话", "监护人1手机", "监护人电话", "家长1电话", "家长电话"),
    "name2": ("监护人2姓名", "家长2姓名"),
    "relation2": ("监护人2关系", "监护人2与学生关系", "家长2关系"),
    "phone2": ("监护人2电话", "监护人2联系电话", "监护人2手机", "家长2电话"),
}  # fmt: skip
REQUIRED = {
    "number": "学籍号", "name": "姓名", "sex": "性别", "born_on": "出生日期", "class": "班级",
    "name1": "监护人1姓名", "phone1": "监护人1电话",
}  # fmt: skip
FLAGS = {
    "is_migrant": "随迁子女", "is_left_behind": "留守儿童", "is_orphan": "孤儿", "is_disabled": "残疾",
    "is_registered_poor": "建档立卡",
}  # fmt: skip


def heading(cell) -> str:
    """A heading without blanks, stars and what stands in brackets."""
    written = unicodedata.normalize("NFKC", str(cell))
    return re.sub(r"\(.*?\)|[\s*:]", "", written)
