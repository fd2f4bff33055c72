"""How the cells of an export are read, in the writings that registers and tired hands bring forth."""

from datetime import UTC, date, datetime

import pytest

from afterschool.schools.roster import cells
from afterschool.schools.roster.cells import Refused
from afterschool.xlsx import Formula


@pytest.mark.parametrize(
    ("said", "grade_and_class"),
    [
        (("三年级", "2班"), (3, 2)), (("三年级", 2), (3, 2)), (("3", "02"), (3, 2)), (("", "三（2）班"), (3, 2)),
        (("3年级", "三2班"), (3, 2)), (("三年级", "三二班"), (3, 2)), (("小学五年级", "5.3班"), (5, 3)),
        (("一年级", "十班"), (1, 10)), (("一年级", "一(十二)班"), (1, 12)), (("二年级", "２０班"), (2, 20)),
        (("七年级", "初一(4)班"), (7, 4)), (("初二", "3班"), (8, 3)), (("初中三年级", "1班"), (9, 1)),
        (("高一", "高一(6)班"), (10, 6)), (("高中二年级", "15班"), (11, 15)), (("高三", "2024级3班"), (12, 3)),
    ],
)  # fmt: skip
def test_class_is_understood(said, grade_and_class):
    assert cells.class_of(said) == grade_and_class


@pytest.mark.parametrize(
    ("said", "why"),
    [
        (("三年级", "四(2)班"), "请核对"),
        (("三年级", ""), "班级“”看不懂"),
        (("", "2班"), "年级没有填"),
        (("学前班", "1班"), "年级“学前班”看不懂"),
        (("十三年级", "1班"), "看不懂"),
        (("五年级", 5.1), "分不清 1 班和 10 班"),
        (("三年级", Formula("=A1")), "是公式"),
    ],
)
def test_class_that_cannot_be_told_is_refused(said, why):
    with pytest.raises(Refused, match=why):
        cells.class_of(said)


@pytest.mark.parametrize(
    "written",
    ["2017-09-01", "2017.9.1", "2017/9/1", "2017年9月1日", "20170901", 20170901, "２０１７－０９－０１", date(2017, 9, 1),
     datetime(2017, 9, 1, tzinfo=UTC)],
)  # fmt: skip
def test_birth_date_is_understood(written):
    assert cells.born_on(written) == date(2017, 9, 1)


@pytest.mark.parametrize("written", ["2017-13-40", "2017-02-29", "9月1日", "", 42979, Formula("=TODAY()")])
def test_birth_date_that_is_none_is_refused(written):
    with pytest.raises(Refused):
        cells.born_on(written)


@pytest.mark.parametrize(
    "written",
    ["13812345678", 13812345678, " 138-1234-5678 ", "１３８１２３４５６７８", "+86 138 1234 5678", "8613812345678"],
)
def test_phone_is_understood(written):
    assert cells.phone(written) == "13812345678"


@pytest.mark.parametrize("written", ["1381234567", "138123456789", "0411-85550100", "12812345678", "无"])
def test_phone_that_is_none_is_refused(written):
    with pytest.raises(Refused):
        cells.phone(written)


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("  董\u3000心 ", "董心"), ("买买提•吐尔逊", "买买提·吐尔逊"), ("龚䶮", "龚䶮"), ("Tom  Lee", "Tom Lee"),
        ("王\u200b芳\n", "王芳"), ("𠅤晨", "𠅤晨"),
    ],
)  # fmt: skip
def test_name_is_kept_as_people_write_it(written, name):
    assert cells.name(written) == name


@pytest.mark.parametrize(
    "written", ['=HYPERLINK("x")', "+张三", "@王芳", "＝1＋1", "<b>王芳", "王芳2", "王" * 61, Formula("=A1")]
)
def test_name_that_is_none_is_refused(written):
    with pytest.raises(Refused):
        cells.name(written)


def test_student_number_that_lost_its_last_digits_is_refused():
    with pytest.raises(Refused, match="末几位已经丢失"):
        cells.student_number(210281202600000010)


@pytest.mark.parametrize(
    ("written", "answer"), [("是", True), ("√", True), ("1", True), ("", False), ("非留守儿童", False), ("×", False)]
)
def test_flag_is_understood(written, answer):
    assert cells.flag(written) is answer


def test_flag_nobody_understands_is_refused():
    with pytest.raises(Refused, match="看不懂"):
        cells.flag("或许")
