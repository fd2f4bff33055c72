"""A document against the one above it: where it is looser, and where it is not."""

import pytest

from afterschool.policy import levels
from afterschool.policy.loader import parse

HEAD = """code = "{code}"
title = "{code}"
short = "{code}"
level = "city"
area = "某市"
issuer = "市教育局"
from = 2025-09-01
text = "{code}.txt"
"""


def written(code, *rules):
    """A policy of these rules, each written as `kind: keys`, with a clause and a quote."""
    text = HEAD.format(code=code)
    for number, rule in enumerate(rules, 1):
        kind, _, keys = rule.partition(":")
        text += f'\n[[{kind}]]\n{keys.replace(";", chr(10))}\nclause = "{number}"\nquote = "{rule.split()[0]}"\n'
    return parse(text, f"{code}.toml")


def said(mine, theirs):
    mine, theirs = (rule if isinstance(rule, tuple) else (rule,) for rule in (mine, theirs))
    return [found.message for found in levels.conflicts(written("mine", *mine), written("above", *theirs))]


PRICE = 'price: stages = ["primary"]; unit = "month"; yuan = {}'
WINDOW = 'window: slots = ["afternoon"]; stages = ["primary"]; {}'
PERCENT = 'stipend_percent: day_kind = "{}"; {} = {}'
STAFF = 'staffing: role = "teacher"; of = "students"; per = {}'
COLLECTED = 'collection: paid = "{}"; per = "{}"'
SETTLED = 'settlement: direction = "{}"; per = "grade"; shared_by = "net_charge"'
GIVEN = 'refund: cause = "absence"; gives = "{}"'
ROUTE = 'refund_route: how = "paid_back"; within_days = {}'
PAID = 'stipend_rate: unit = "lesson"; yuan = {}; nature = "{}"'
POOL = 'pool: key = "{}"; of = "fees"; categories = ["pay"]; percent_at_{} = {}'
THIRD = "third_party: allowed = true; satisfaction_at_least = {}"
EXPENSE = 'expense: key = "{}"; label = "管理费"; funds = ["{}"]; allowed = {}'


@pytest.mark.parametrize(
    ("mine", "theirs", "message"),
    [
        (PRICE.format(200) + '; weight = "warn"', PRICE.format(200), "只提醒，上位文件不许"),
        (
            PRICE.format(200) + '; nature = "advisory"',
            PRICE.format(200),
            "小学的收费标准只是建议，超过的只提醒，上位文件不许超过",
        ),
        ("billable: lessons_a_day = 3", "billable: lessons_a_day = 2", "一天最多按 3 课时收，上位文件最多 2 课时"),
        (
            COLLECTED.format("advance", "term"),
            COLLECTED.format("advance", "month"),
            "一次收一学期的，上位文件一次只收一个月的",
        ),
        (COLLECTED.format("advance", "month"), COLLECTED.format("arrears", "month"), "预收，上位文件后收"),
        (SETTLED.format("both"), SETTLED.format("surplus_back_only"), "不足的向家长补收，上位文件多退少不补"),
        (SETTLED.format("none"), SETTLED.format("surplus_back_only"), "不据实结算，上位文件多退少不补"),
        (GIVEN.format("nothing"), GIVEN.format("each_day"), "不退费，上位文件要退"),
        (GIVEN.format("each_day") + "; yuan = 5", GIVEN.format("each_day") + "; yuan = 8", "退得比上位文件少"),
        (ROUTE.format(30), ROUTE.format(15), "30 天内退，上位文件 15 天内"),
        ("class_size: at_most = 50", "class_size: at_most = 45", "一班可以有 50 人，上位文件最多 45 人"),
        (
            "unlisted_expense: allowed = true",
            "unlisted_expense: allowed = false",
            "没有列出的开支也可以列支，上位文件不许",
        ),
        (POOL.format("staff", "least", 60), POOL.format("staff", "least", 70), "不低于 60%，上位文件不低于 70%"),
        (POOL.format("management", "most", 9), POOL.format("management", "most", 5), "不高于 9%，上位文件不高于 5%"),
        (THIRD.format(70), THIRD.format(80), "满意度不低于 70%，上位文件不低于 80%"),
        (
            'applies_to: stages = ["primary", "junior", "senior"]',
            'applies_to: stages = ["primary", "junior"]',
            "服务对象多出普通高中，上位文件没有包括",
        ),
        (
            'applies_to: stages = ["primary"]',
            'applies_to: stages = ["primary"]; ownership = ["public"]',
            "服务对象多出民办，上位文件没有包括",
        ),
        (PRICE.format(220), PRICE.format(200), "小学每月可以收到 220 元，上位文件最高 200 元"),
        (
            PRICE.format(200) + '; nature = "base"; floats = 20',
            PRICE.format(200) + '; nature = "base"; floats = 10',
            "小学每月可以收到 240 元，上位文件最高 220 元",
        ),
        (
            PRICE.format(20),
            'price: stages = ["primary"]; unit = "free"',
            "小学每月可以收到 20 元，上位文件规定免费",
        ),
        (PRICE.format(20), "no_fee:", "小学收费 20 元，上位文件现在不许收费"),
        (
            'charge_cap: per = "term"; yuan = 900',
            'charge_cap: per = "term"; yuan = "800.50"',
            "每学期最多收 900 元，上位文件最多 800.50 元",
        ),
        ("extra_fee: allowed = true", "extra_fee: allowed = false", "引进校外资源可以另外收费，上位文件不许"),
        (
            'waiver: group = "poor"; label = "低保家庭学生"; percent = 50',
            'waiver: group = "poor"; label = "低保家庭学生"; percent = 100',
            "低保家庭学生减免 50%，上位文件减免 100%",
        ),
        (
            'waiver: group = "poor"; label = "低保家庭学生"',
            'waiver: group = "poor"; label = "低保家庭学生"; percent = 100',
            "低保家庭学生减免多少由学校审定，上位文件减免 100%",
        ),
        (
            "open_days: weekdays = [1, 2, 3, 4, 5, 6]",
            "open_days: weekdays = [1, 2, 3, 4, 5]",
            "周六也开，上位文件没有包括",
        ),
        (
            'open_days: stages = ["primary"]; weekdays = [1, 2, 3, 4, 5]',
            'closed_days: weekdays = [3]; reason = "教研"',
            "小学周三也开，上位文件规定不开",
        ),
        (
            'open_days: services = ["saturday"]; weekdays = [6]',
            'outside_scope: services = ["saturday", "vacation"]',
            "把周六算作课后服务，上位文件不许",
        ),
        (
            'window: slots = ["morning", "noon"]',
            'outside_scope: slots = ["morning", "noon", "evening"]',
            "把早间、午间算作课后服务，上位文件不许",
        ),
        (
            'service_item: key = "lunch"; label = "午托"; slots = ["noon"]; legal = "service"',
            'outside_scope: slots = ["noon"]',
            "把午间算作课后服务，上位文件不许",
        ),
        (
            WINDOW.format('ends_by = "18:30"'),
            WINDOW.format('ends_by = "18:00"'),
            "小学可以开到 18:30，上位文件不晚于 18:00",
        ),
        (WINDOW.format(""), WINDOW.format('ends_by = "18:00"'), "小学没有写最晚几点，上位文件不晚于 18:00"),
        (
            WINDOW.format('starts_from = "15:00"'),
            WINDOW.format('starts_from = "15:30"'),
            "小学从 15:00 开始，上位文件不早于 15:30",
        ),
        ("hours_a_day: at_most = 4", "hours_a_day: at_most = 3", "一天可以开 4 小时，上位文件最多 3 小时"),
        (
            "hours_a_day: minutes_at_least = 60",
            "hours_a_day: minutes_at_least = 120",
            "一天最少 60 分钟，上位文件最少 120 分钟",
        ),
        (
            "vacation_length: days_at_most = 20",
            "vacation_length: days_at_most = 14",
            "假期可以开 20 天，上位文件最多 14 天",
        ),
        (
            PERCENT.format("rest", "at_least", 150),
            PERCENT.format("rest", "exactly", 200),
            "休息日补助按 150%，上位文件不低于 200%",
        ),
        (STAFF.format(40), STAFF.format(30), "每 40 名学生配 1 名教师，上位文件每 30 名学生配 1 名教师"),
        (
            EXPENSE.format("fees", "fee", "true"),
            EXPENSE.format("fees", "fee", "false"),
            "可以列支管理费，上位文件不许",
        ),
        ("third_party: allowed = true", "third_party: allowed = false", "可以引进校外机构，上位文件不许"),
        (
            'refusal: grounds = ["安全隐患", "欠费"]',
            'refusal: grounds = ["安全隐患"]',
            "可以因欠费不接收学生，上位文件没有这样的理由",
        ),
        (
            'filing: mode = "filed"; to = "县教育局"',
            'filing: mode = "approved"; to = "市教育局"',
            "只要报县教育局备案，上位文件要报市教育局审核同意",
        ),
    ],
)
def test_looser_is_said_and_the_other_way_round_is_not(mine, theirs, message):
    assert said(mine, theirs) == [message]
    assert said(theirs, mine) == said(mine, mine) == []


@pytest.mark.parametrize(
    ("mine", "theirs"),
    [
        (PRICE.format(180), PRICE.format(200)),
        (PRICE.format(220), PRICE.format(200).replace("primary", "junior")),
        (PRICE.format(220), PRICE.format(200).replace("month", "term")),
        (PRICE.format(220), PRICE.format(200) + "; grades = [7]"),
        ('price: stages = ["primary"]; unit = "free"', "no_fee:"),
        ('charge_cap: per = "day"; yuan = 900', 'charge_cap: per = "term"; yuan = 800'),
        (
            'waiver: group = "orphan"; label = "孤儿"; percent = 50',
            'waiver: group = "poor"; label = "低保"; percent = 100',
        ),
        ('waiver: group = "poor"; label = "低保"; percent = 50', 'waiver: group = "poor"; label = "低保"'),
        ('open_days: services = ["vacation"]; weekdays = [6]', 'open_days: services = ["weekday"]; weekdays = [1, 5]'),
        ('window: slots = ["noon", "afternoon"]', 'outside_scope: slots = ["noon"]'),
        ('window: ends_by = "18:00"', 'outside_scope: slots = ["noon"]'),
        (
            'service_item: key = "lunch"; label = "午托"; slots = ["noon"]; legal = "free_care"',
            'outside_scope: slots = ["noon"]',
        ),
        ('window: slots = ["noon"]; ends_by_bell = "afternoon_start"', 'window: slots = ["noon"]; ends_by = "14:00"'),
        ('window: weekdays = [5]; ends_by = "18:00"', 'window: weekdays = [1]; ends_by = "17:30"'),
        ('window: slots = ["evening"]; ends_by = "20:00"', WINDOW.format('ends_by = "18:00"')),
        (PERCENT.format("rest", "at_least", 150), PERCENT.format("holiday", "at_least", 300)),
        (STAFF.format(40), STAFF.format(1).replace("students", "classes")),
        (EXPENSE.format("fees", "fee", "true"), EXPENSE.format("fees", "subsidy", "false")),
        (EXPENSE.format("fees", "fee", "true"), EXPENSE.format("gifts", "fee", "false")),
        ('filing: mode = "filed"; to = "县"', 'filing: what = "price"; mode = "approved"; to = "省"'),
        ('prohibition: key = "forced"; label = "强制"', 'prohibition: key = "other"; label = "别的"'),
    ],
)
def test_tighter_apart_or_silent_is_no_conflict(mine, theirs):
    assert said(mine, theirs) == []


def test_above_counts_only_for_the_stages_it_is_about():
    above = ('applies_to: stages = ["primary", "junior"]', 'window: ends_by = "18:00"')

    assert said('window: stages = ["senior"]; ends_by = "21:00"', above) == []
    assert said('window: grades = [9]; ends_by = "19:30"', above) == ["初三可以开到 19:30，上位文件不晚于 18:00"]


def test_above_counts_only_while_it_holds():
    old = PRICE.format(150) + "; until = 2026-01-31"
    new = PRICE.format(200) + "; from = 2026-02-01"

    assert said(PRICE.format(180) + "; from = 2026-02-01", (old, new)) == []
    assert said(PRICE.format(180) + "; until = 2026-01-31", (old, new)) == [
        "小学每月可以收到 180 元，上位文件最高 150 元"
    ]


def test_a_later_rule_ends_an_earlier_one():
    replaced = (PRICE.format(150), PRICE.format(200) + "; from = 2026-02-01")

    assert said(PRICE.format(180) + "; from = 2026-02-01", replaced) == []


def test_a_conflict_holds_both_sentences():
    mine, above = written("mine", PRICE.format(220)), written("above", PRICE.format(200))
    (found,) = levels.conflicts(mine, above)

    assert (found.mine, found.theirs) == (mine.rules[0], above.rules[0])
    assert (found.mine.line, found.mine.cite.label, found.theirs.cite.label) == (10, "mine 1", "above 1")


@pytest.mark.parametrize(
    ("mine", "theirs", "message"),
    [
        (PAID.format(50, "fixed"), PAID.format(60, "fixed"), "补助每课时 50 元，上位文件不低于 60 元"),
        (PAID.format(80, "ceiling"), PAID.format(60, "floor"), "补助每课时 80 元以内，上位文件不低于 60 元"),
        (PAID.format(40, "floor"), PAID.format(60, "ceiling"), "补助每课时 40 元以上，上位文件不高于 60 元"),
    ],
)
def test_a_stipend_is_neither_less_nor_more_than_the_document_above_has_it(mine, theirs, message):
    assert said(mine, theirs) == [message]
    assert said(mine, mine) == []


def test_a_refund_that_is_reckoned_otherwise_is_not_compared_by_its_numbers():
    """A share of what was paid, and so much a day: neither number is the smaller."""
    by_share = GIVEN.format("percent") + "; percent = 30"
    assert said(by_share, GIVEN.format("each_day") + "; yuan = 8") == []
