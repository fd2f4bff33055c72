import re
from datetime import date, time, timedelta
from pathlib import Path

import pytest

from afterschool import policy
from afterschool.errors import NoRule
from afterschool.money import Money
from afterschool.policy import expenses, rules, windows
from afterschool.policy.loader import PolicyFileError, parse, read
from afterschool.policy.rule import Case
from afterschool.policy.verdict import breaches
from tests.policy.tiny import law

PRIMARY = Case(stage="primary")
GUIDE = Path(__file__).parents[2] / "docs" / "policies.md"
HEAD = """code = "x"
title = "某市课后服务办法"
short = "办法"
level = "city"
area = "某市"
issuer = "市教育局"
from = 2025-09-01
text = "x.txt"
"""
CAP = """
[[price]]
stages = ["primary"]
unit = "month"
yuan = 100
clause = "三"
quote = "每月不高于100元"
"""
OTHER = CAP.replace("primary", "junior")


@pytest.fixture
def write(tmp_path):
    def write(text):
        file = tmp_path / "x.toml"
        file.write_text(text, encoding="utf-8")
        return file

    return write


def test_a_small_file_is_a_policy(write):
    held = read(write(HEAD + CAP))
    assert (held.code, held.since, held.until, held.cites) == ("x", date(2025, 9, 1), None, ())
    cap = held.on(date(2025, 9, 1)).the(rules.Price, PRIMARY)
    assert cap.yuan == Money(10000)
    assert (cap.cite.label, cap.cite.quote) == ("办法 三", "每月不高于100元")


@pytest.mark.parametrize(
    ("broken", "said"),
    [
        (HEAD + CAP.replace("yuan", "yaun"), r"x\.toml 第 13 行 \[\[price\]\] yaun：不认识“yaun”，可用的有 .*yuan"),
        (HEAD + CAP.replace('clause = "三"', ""), r"x\.toml 第 10 行 \[\[price\]\] clause：缺少“clause”"),
        (HEAD + CAP.replace('clause = "三"', 'clause = ""'), r"第 14 行 \[\[price\]\] clause：缺少“clause”"),
        (HEAD + CAP + OTHER.replace("quote", "# quote"), r"第 17 行 \[\[price\]\] quote：缺少“quote”"),
        (HEAD + CAP.replace("yuan = 100", ""), r"第 10 行 \[\[price\]\] .*要写 yuan"),
        (HEAD + CAP.replace('"month"', '"week"'), r"第 12 行 \[\[price\]\] unit：“week”不行，只能是 month、term、"),
        (
            HEAD + CAP.replace("100\n", "99.5\n"),
            r'第 13 行 \[\[price\]\] yuan：现在是 99\.5，金额写整数 200 或带引号的 "200\.50"',
        ),
        (HEAD + CAP.replace("100\n", "-1\n"), "第 13 行 .*yuan：金额不能是负数"),
        (HEAD + CAP.replace("100\n", "true\n"), "yuan：现在是 True，金额写整数"),
        (
            HEAD + CAP.replace('["primary"]', '["kindergarten"]'),
            "第 11 行 .*stages：“kindergarten”不行，只能是 primary、junior、senior",
        ),
        (HEAD + CAP.replace('["primary"]', '"primary"'), "stages：不是列表，要写成列表"),
        (HEAD + CAP + 'weight = "hard"', "第 16 行 .*weight：“hard”不行，只能是 block、warn、disclose"),
        (HEAD + CAP + "grades = [true]", "grades：现在是 True，要写整数"),
        (HEAD + CAP + "grades = [0]", "grades：年级不对，年级从 1 到 12"),
        (HEAD + CAP + "months = [13]", "months：月份不对，月份从 1 到 12"),
        (HEAD + CAP + 'from = "2025-09-01"', "from：现在是 '2025-09-01'，要写日期"),
        (HEAD + CAP + "from = 2025-08-31", "from：起止日期不对"),
        (HEAD + CAP + "from = 2026-01-01\nuntil = 2025-12-31", "from：起止日期不对"),
        (HEAD + CAP.replace("price", "fee_cpa"), r"第 10 行 \[\[fee_cpa\]\] .*没有这种规则，可用的有 .*price"),
        (HEAD + CAP + CAP, r"第 17 行 \[\[price\]\] from：和第 10 行说的是同一件事，日期重叠，只留一条"),
        (
            HEAD + CAP + "until = 2026-01-31" + CAP + "from = 2026-01-31",
            "第 23 行 .*和第 10 行说的是同一件事，日期重叠",
        ),
        (HEAD.replace("title", "titel") + CAP, "第 2 行 文件开头 titel：不认识“titel”"),
        (HEAD.replace('short = "办法"', "") + CAP, "文件开头 short：缺少“short”"),
        (HEAD.replace('"city"', '"town"') + CAP, "第 4 行 文件开头 level：“town”不行，只能是 national、province、city"),
        (HEAD.replace('"市教育局"', "3") + CAP, "issuer：现在是 3，要写文字"),
        (HEAD.replace('"x"', '"X 市"') + CAP, "第 1 行 文件开头 code：“X 市”不行，只用小写字母"),
        (HEAD + "until = 2025-08-31" + CAP, "第 9 行 文件开头 until：截止日期早于施行日期"),
        (HEAD + 'parent = "x"' + CAP, "第 9 行 文件开头 parent：自己不能是自己的上位文件"),
        (HEAD + 'parent = "atlantis"' + CAP, "第 9 行 文件开头 parent：没有“atlantis”这份政策，先上传上位文件"),
        (HEAD + "[[price]", "第 9 行：不是正确的 TOML"),
    ],
)
def test_a_broken_file_is_refused_with_its_place(write, broken, said):
    with pytest.raises(PolicyFileError, match=said) as refusal:
        read(write(broken))
    assert str(refusal.value).startswith("x.toml")


@pytest.mark.parametrize("moment", ["25:00", "7:30", "17:60", "17.30", "下午"])
def test_a_time_is_written_in_one_way(write, moment):
    window = f'[[window]]\nends_by = "{moment}"\nclause = "三"\nquote = "不晚于"'
    with pytest.raises(PolicyFileError, match=r"ends_by：现在是 '.*'，要写时刻，如 17:30"):
        read(write(HEAD + window))


@pytest.mark.parametrize("weekdays", ["[0]", "[8]"])
def test_weekdays_run_from_monday_to_sunday(write, weekdays):
    days = f'[[open_days]]\nweekdays = {weekdays}\nclause = "三"\nquote = "周一至周五"'
    with pytest.raises(PolicyFileError, match="weekdays：星期不对，星期从 1 到 7"):
        read(write(HEAD + days))


@pytest.mark.parametrize("day", ["09-31", "9-30", "13-01", "九月"])
def test_a_deadline_is_a_day_of_the_year(write, day):
    filing = f'[[filing]]\nmode = "filed"\nto = "教育局"\nby = "{day}"\nclause = "三"\nquote = "备案"'
    with pytest.raises(PolicyFileError, match=r"by：现在是“.*”，要写月-日，如 09-30"):
        read(write(HEAD + filing))


def test_a_later_rule_replaces_an_earlier_from_its_day(write):
    held = read(write(HEAD + CAP + CAP.replace("100", "150") + "from = 2026-09-01"))
    change = date(2026, 9, 1)
    assert held.on(change - timedelta(days=1)).the(rules.Price, PRIMARY).yuan == Money(10000)
    assert held.on(change).the(rules.Price, PRIMARY).yuan == Money(15000)


def test_an_advisory_cap_warns_and_does_not_block(write):
    held = read(write(HEAD + CAP + 'weight = "warn"'))
    assert held.on(held.since).the(rules.Price, PRIMARY).level_when_broken == "warn"


def test_a_rule_ends_after_its_last_day(write):
    held = read(write(HEAD + CAP + "until = 2025-12-31"))
    assert held.on(date(2025, 12, 31)).maybe(rules.Price, PRIMARY)
    with pytest.raises(NoRule, match=r"办法没有写明收费标准，须由"):
        held.on(date(2026, 1, 1)).the(rules.Price, PRIMARY)


def test_two_rules_that_both_hold_are_asked_about_not_chosen(write):
    held = read(write(HEAD + CAP + CAP.replace('["primary"]', '["primary", "junior"]')))
    with pytest.raises(NoRule, match="同时适用，以哪一条为准"):
        held.on(date(2025, 9, 1)).the(rules.Price, PRIMARY)


def test_before_a_policy_begins_it_says_nothing(dalian):
    with pytest.raises(NoRule, match="2024-08-31"):
        dalian.on(date(2024, 8, 31))


def test_after_a_policy_ends_it_says_nothing(write):
    held = read(write(HEAD + "until = 2026-08-31\n" + CAP))
    with pytest.raises(NoRule, match="2026-09-01"):
        held.on(date(2026, 9, 1))


def test_an_unknown_code_names_the_known_ones():
    with pytest.raises(NoRule, match=r"atlantis.*changle-2021、dalian-2024"):
        policy.load("atlantis")


def test_a_policy_is_read_once():
    assert policy.load("dalian-2024") is policy.load("dalian-2024")


def test_the_example_in_the_guide_is_a_policy(write):
    example = re.search(r"```toml\n(code = .*?)```", GUIDE.read_text(encoding="utf-8"), re.DOTALL)[1]
    held = read(write(example))
    assert {rule.kind for rule in held.rules} >= {"price", "window", "open_days"}


def test_a_window_may_change_with_the_season(write):
    days = '[[open_days]]\nweekdays = [1]\nclause = "二"\nquote = "周一"\n'
    reach = '[[applies_to]]\nstages = ["primary"]\nclause = "二"\nquote = "小学"\n'
    window = '[[window]]\nmonths = {}\nends_by = "{}"\nclause = "三"\nquote = "不晚于"\n'
    seasons = window.format([5, 6], "18:30") + window.format([11, 12], "17:30")
    held = read(write(HEAD + reach + days + seasons))
    hours = {"case": PRIMARY, "weekday": 1, "starts": time(16), "ends": time(18)}
    assert not breaches(windows.allowed(held, date(2026, 5, 1), **hours))
    assert len(breaches(windows.allowed(held, date(2026, 11, 1), **hours))) == 1
    assert windows.allowed(held, date(2026, 3, 1), **hours)[-1].level == "unknown"


def test_of_several_versions_only_the_latest_is_among_all_that_hold():
    """What may be booked, how long a day may be: what was said before no longer counts."""
    held = law("""
[[expense]]
key = "water"
label = "水费"
funds = ["fee"]
[[expense]]
from = 2026-10-15
key = "water"
label = "水费"
funds = ["fee"]
allowed = false
""")
    booked = [expenses.may_book(held, date(2026, 10, day), category="water", fund="fee") for day in (14, 15)]
    assert [one.answer for one in booked] == [True, False]
    assert [len(held.on(date(2026, 10, day)).every(rules.Expense)) for day in (14, 15)] == [1, 1]


@pytest.mark.parametrize(
    ("written", "hint"),
    [
        ("until = 2026-12-32", "日期要真有这一天"),
        ("area = “某市”", r"要用英文（半角）的：area = “某市”"),
        ("until ＝ 2026-12-31", "要用英文（半角）的"),
        ("until = ２０２６-12-31", "要用英文（半角）的"),
        ('number = "甲', "请看这一行"),
    ],
)
def test_what_is_no_toml_is_told_with_what_was_expected(written, hint):
    with pytest.raises(PolicyFileError, match=f"x.toml 第 1 行：不是正确的 TOML，.*{hint}"):
        parse(f"{written}\n{HEAD}", "x.toml")
