from datetime import date

import pytest

from afterschool.policy.wording import sounds_like
from attendance.models import Session
from tests.policy.tiny import law


def heard(policy, on, text, stage="primary"):
    return {(said.answer, said.cite.label) for said in sounds_like(policy, on, text, stage=stage)}


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("讲新课《秋天》", {("讲新课", "四部门通知 三")}),
        ("新授两位数乘法，赶进度", {("新授、赶进度", "四部门通知 三")}),
        ("全班补课", {("全班补课", "实施方案 五(三)2")}),
        ("补课，补课", {("补课", "实施方案 五(三)2")}),
        (
            "讲第五单元新课，做两张数学卷子",
            {("讲第五单元新课", "四部门通知 三"), ("做两张数学卷子", "四部门通知 三")},
        ),
        ("上语文新课、刷口算题", {("上语文新课", "四部门通知 三"), ("刷口算题", "四部门通知 三")}),
        ("刷题、模拟考", {("刷题、模拟考", "四部门通知 三")}),
        ("复习第三单元，不讲新课，没有补课", set()),
        ("完成数学练习册，读《昆虫记》", set()),
        ("", set()),
    ],
)
def test_words_that_sound_forbidden_come_with_the_clause_that_forbids_them(dalian, on, text, found):
    assert heard(dalian, on, text) == found


@pytest.mark.parametrize(
    "text",
    [
        "讲故事，搬新课桌", "领新课本，做手工", "晚上复习，学新课间操", "上午发的新课外书，一起读", "刷牙歌，猜谜题",
        "参加课本剧排练", "增加课外阅读", "修补课桌椅", "准备考古小展览", "做眼保健操；整理试卷", "讲评作业，上课不讲新课",
        "教室里自习，新课不讲", "讲旧课，新课明天上", "下午放学后做手工，收卷子",
    ],
)  # fmt: skip
def test_ordinary_afternoons_sound_like_nothing(dalian, on, text):
    assert heard(dalian, on, text) == set()


def test_what_is_said_against_a_word_is_short(dalian, on):
    (said,) = sounds_like(dalian, on, "补习英语", stage="primary")
    assert said.because == "严禁补课"


def test_the_places_own_clause_is_named_before_the_one_above(changle, on):
    assert heard(changle, on, "上新课") == {("上新课", "扩面提质方案 三(四)")}


def test_a_document_above_speaks_of_its_own_stages_and_days_only(dalian, changle, on):
    assert heard(dalian, on, "上新课", stage="senior") == set()
    assert heard(changle, date(2023, 10, 9), "刷题") == set()


def test_where_no_document_speaks_nothing_is_found(on):
    assert heard(law('[[applies_to]]\nstages = ["primary"]'), on, "上新课") == set()


def test_no_activity_to_choose_sounds_forbidden(dalian, on):
    assert [label for label in Session.Activity.labels if heard(dalian, on, label)] == []
