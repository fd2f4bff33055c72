"""Is a file true to its notice, at one with itself, within what stands above it, and do its examples hold?"""

from pathlib import Path

import pytest

from afterschool import policy
from afterschool.policy import examples
from afterschool.policy.checking import check
from afterschool.policy.loader import PolicyFileError, parse

DOCUMENTS = Path(__file__).parents[2] / "docs" / "policies"
HEAD = """code = "x"
title = "某市课后服务办法"
short = "办法"
level = "city"
area = "某市"
issuer = "市教育局"
from = 2025-09-01
text = "x.txt"
"""
NOTICE = """某市课后服务办法
一、对象
小学、初中学生。
二、收费
小学每月每生不高于100元。请假连续满5天的，每天退5元。
"""
CAP = """
[[price]]
stages = ["primary"]
unit = "month"
yuan = 100
clause = "二"
quote = "小学每月每生不高于100元。"
"""
CASE = """
[[case]]
name = "小学收 101 元，超了"
clause = "二"
[case.given]
on = "2025-10-09"
school = {{ stage = "primary" }}
items = [{{ rate = {rate} }}]
[case.expect]
violations = [{{ about = "items[0].rate", clause = "二", level = "breach" }}]
"""


def bundled():
    return sorted(file.stem for file in (Path(policy.__file__).parent / "data").glob("*.toml"))


@pytest.mark.parametrize("code", bundled())
def test_the_bundled_files_pass_and_leave_no_clause_uncovered(code):
    held = policy.load(code)
    report = check(held, notice=(DOCUMENTS / held.text).read_text(encoding="utf-8"))
    assert [finding for finding in report.findings if finding.level == "breach"] == []
    assert [(case.name, case.message) for case in report.cases if not case.passed] == []
    assert report.passed and report.cases and report.uncovered == ()
    assert [finding.message for finding in report.findings if "还没有算例" in finding.message] == []


DALIAN = (Path(policy.__file__).parent / "data" / "dalian-2024.toml").read_text(encoding="utf-8")
FIRST_PRICE = DALIAN[DALIAN.index("[[price]]") : DALIAN.index("[[price]]", DALIAN.index("[[price]]") + 1)]


@pytest.mark.parametrize(
    ("was", "becomes", "at", "said"),
    [
        ("yuan = 280", "yaun = 280", "yaun = 280", "不认识“yaun”"),
        ('unit = "month"', 'unit = "week"', 'unit = "week"', "“week”不行，只能是 month"),
        ("yuan = 280", "yuan = -280", "yuan = -280", "金额不能是负数"),
        ('yuan = 280\nclause = "四.4"', "yuan = 280", "[[price]]\nservices", "缺少“clause”"),
        ("[[fee_setting]]", FIRST_PRICE + "[[fee_setting]]", FIRST_PRICE, "说的是同一件事，日期重叠"),
        ('level = "county"', 'level = "village"', 'level = "village"', "“village”不行，只能是 national"),
        ("[[fee_setting]]", "[[fee_seting]]", "[[fee_seting]]", "没有这种规则"),
    ],
)
def test_a_broken_copy_is_refused_with_its_line(was, becomes, at, said):
    broken = DALIAN.replace(was, becomes, 1)
    with pytest.raises(PolicyFileError, match=said) as refusal:
        parse(broken, "copy.toml")
    place = broken.rindex(at, 0, DALIAN.index(was) + len(becomes))
    assert refusal.value.line == broken[:place].count("\n") + 1


def findings(text, notice=NOTICE):
    return [
        (one.level, one.line, one.clause, one.message) for one in check(parse(text, "x.toml"), notice=notice).findings
    ]


def breaches(text, notice=NOTICE):
    return [found[1:] for found in findings(text, notice) if found[0] == "breach"]


def test_a_file_true_to_its_notice_passes():
    report = check(parse(HEAD + CAP, "x.toml"), notice=NOTICE)
    assert report.passed and report.uncovered == ("二",)
    assert findings(HEAD + CAP) == [("warn", 10, "二", "这句话里有数字，还没有算例用到：“小学每月每生不高于100元。”")]


@pytest.mark.parametrize(
    ("was", "becomes", "said"),
    [
        ("不高于100元", "不超过100元", "原文里没有这句话：“小学每月每生不超过100元。”，请一字不改照抄"),
        ('clause = "二"', 'clause = "一"', "这句话在原文里，但不在 一 下面，请核对 clause"),
        ('clause = "二"', 'clause = "三"', "原文里找不到 三 这个条款号，请核对 clause"),
    ],
)
def test_a_quote_stands_in_the_notice_and_in_its_clause(was, becomes, said):
    [(line, _, message)] = breaches(HEAD + CAP.replace(was, becomes))
    assert (line, message) == (10, said)
    assert breaches(HEAD + CAP.replace(was, becomes), notice=None) == []


def test_two_rules_for_one_case_are_found_before_a_case_comes():
    both = CAP.replace('["primary"]', '["primary", "junior"]')
    [(line, clause, message)] = breaches(HEAD + CAP + both)
    assert (line, clause) == (17, "二")
    assert message.startswith("和第 10 行会同时适用，分不出以哪一条为准：“小学每月每生不高于 100 元”和“小学、初中")


@pytest.mark.parametrize(
    "other",
    [
        CAP.replace("primary", "junior"),
        CAP + "from = 2026-09-01",
        CAP.replace('stages = ["primary"]', "grades = [7]"),
        CAP.replace("[[price]]", "[[charge_cap]]").replace("unit", "per"),
    ],
)
def test_rules_for_different_cases_are_not_in_each_others_way(other):
    assert breaches(HEAD + CAP + other) == []


def test_stipends_by_size_of_class_are_told_apart():
    rate = '[[stipend_rate]]\nunit = "lesson"\nyuan = 60\n{}\nclause = "二"\nquote = "小学每月每生不高于100元。"\n'
    small, large = rate.format("students_to = 30"), rate.format("students_from = 31")
    assert breaches(HEAD + small + large) == []
    assert len(breaches(HEAD + small + large.replace("31", "30"))) == 1


def test_what_a_rule_names_must_be_defined():
    pool = '[[pool]]\nkey = "staff"\nof = "fees"\ncategories = ["pay"]\npercent_at_least = 70\nclause = "一"\nquote = "小学、初中学生。"\n'
    rate = '[[stipend_rate]]\nunit = "lesson"\nyuan = 60\nroles = ["coach", "leader"]\nclause = "一"\nquote = "小学、初中学生。"\n'
    item = CAP.replace("unit", 'items = ["club"]\nunit')
    assert [message for _, _, message in breaches(HEAD + item + pool + rate)] == [
        "“club”没有对应的 [[service_item]]，请先写一条",
        "“pay”没有对应的 [[expense]]，请先写一条",
        "“coach”没有对应的 [[stipend_role]]，请先写一条",
    ]


def test_a_file_looser_than_its_parent_is_refused_with_its_line():
    price = '\n[[price]]\nservices = ["weekday"]\nstages = ["primary"]\nunit = "month"\nyuan = {}\n'
    price += 'clause = "二"\nquote = "小学每月每生不高于100元。"\n'
    under = HEAD.replace('"city"', '"county"') + 'parent = "dalian-2024"\n'
    report = check(parse(under + price.format(201), "x.toml"))
    [found] = [finding for finding in report.findings if finding.level == "breach"]
    assert (found.line, found.clause) == (11, "二")
    assert found.message == "比上位文件宽：小学每月可以收到 201 元，上位文件最高 200 元"
    assert [cite.code for cite in found.cites] == ["x", "dalian-2024"]
    assert not report.passed
    assert check(parse(under + price.format(200), "x.toml")).passed


def test_what_differs_from_other_documents_above_is_a_warning_with_both_sentences():
    report = check(policy.load("dalian-2024"))
    [found] = [finding for finding in report.findings if "不一致" in finding.message]
    assert (found.level, found.clause) == ("warn", "四.1")
    assert "服务对象多出普通高中" in found.message
    assert [cite.code for cite in found.cites] == ["dalian-2024", "national-2023"]


def test_changle_differs_from_the_ministry_at_noon():
    found = [finding for finding in check(policy.load("changle-2021")).findings if "不一致" in finding.message]
    [noon] = [finding for finding in found if "午间" in finding.message]
    assert noon.cites[0].quote == "一是上午放学起至下午上学前"
    assert noon.cites[1].quote.endswith("午餐午休看管、晚自习等服务不得纳入课后服务范围。")


def test_a_document_above_that_nobody_has_is_named():
    assert breaches(HEAD + 'above = ["atlantis"]\n' + CAP) == [
        (1, "", "above 里的“atlantis”没有这份文件，请先上传，或者删掉它")
    ]


def test_an_example_that_holds_covers_its_clause():
    report = check(parse(HEAD + CAP + CASE.format(rate=101), "x.toml"), notice=NOTICE)
    [case] = report.cases
    assert report.passed and report.uncovered == () and report.findings == ()
    assert (case.name, case.line, case.clause, case.message) == ("小学收 101 元，超了", 17, "二", "")
    assert any("不高于 100 元" in step for step in case.steps)


def test_an_example_that_does_not_hold_says_what_came_instead():
    report = check(parse(HEAD + CAP + CASE.format(rate=100), "x.toml"), notice=NOTICE)
    [case] = report.cases
    assert not report.passed and not case.passed and report.uncovered == ("二",)
    assert case.message.startswith("violations[0] 应当有 {'about'")


def test_an_example_rests_on_the_clause_it_names():
    elsewhere = CASE.format(rate=101).replace('clause = "二"\n[case.given]', 'clause = ["二", "一"]\n[case.given]')
    [case] = check(parse(HEAD + CAP + elsewhere, "x.toml")).cases
    assert case.message == "结果没有用到 一，请核对 clause"


@pytest.mark.parametrize(("switch", "touched"), [("part_month.exactly_half", True), ("part_month.basis", False)])
def test_an_example_of_a_silence_rests_on_the_sentence_that_leaves_it_out(switch, touched):
    half = f"""
[[part_month]]
basis = "half_month"
clause = "一"
quote = "适用于小学。"
[[case]]
name = "正好一半"
clause = "一"
[case.given]
on = "2026-10-12"
asks = ["agreement"]
[case.expect]
unknown = [{{ switch = "{switch}" }}]
"""
    [case] = check(parse(HEAD + half, "x.toml")).cases
    assert ("没有用到 一" not in case.message) == touched


def test_an_example_in_bad_form_says_where():
    [case] = check(parse(HEAD + CAP + CASE.format(rate='"多少"'), "x.toml")).cases
    assert not case.passed and case.message.startswith("算不了：$.items[0].rate")


@pytest.mark.parametrize(
    ("expect", "got", "said"),
    [
        ({"net": "25.00"}, {"net": "25.00", "gross": "30.00"}, []),
        ({"net": 25}, {"net": "25.00"}, []),
        ({"net": 25}, {"net": "25.01"}, ["net 应当是 25，算出来是 25.01"]),
        ({"gone": 1}, {"net": "1.00"}, ["结果里没有“gone”这一项"]),
        ({"a": {"b": [1]}}, {"a": {"b": [2, 1]}}, []),
        ({"list": [{"x": 2}, {"x": 1}]}, {"list": [{"x": 1}, {"x": 2}]}, []),
        ({"list": [{"x": 1}, {"x": 1}]}, {"list": [{"x": 1}]}, ["list[1] 应当有 {'x': 1}，算出来没有"]),
        ({"list": []}, {"list": []}, []),
        ({"list": []}, {"list": [1]}, ["list 应当是空的，算出来是 [1]"]),
        ({"list": [{"x": 1, "y": 2}]}, {"list": [{"x": 3}, {"x": 1, "y": 4}]}, ["list[0].y 应当是 2，算出来是 4"]),
        ({"message": "17:30"}, {"message": "小学不晚于 17:30"}, []),
        ({"level": "warn"}, {"level": "warns"}, ["level 应当是 warn，算出来是 warns"]),
        ({"flag": True}, {"flag": 1}, ["flag 应当是 True，算出来是 1"]),
    ],
)
def test_a_part_of_the_result_is_expected(expect, got, said):
    assert list(examples.differences(expect, got)) == said
