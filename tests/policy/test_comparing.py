"""What a newer file says otherwise, with the sentences of both and for whom it is stricter."""

import pytest

from afterschool.policy.comparing import diff
from afterschool.policy.loader import parse

HEAD = """code = "{code}"
title = "某市课后服务办法"
short = "办法"
level = "city"
area = "某市"
issuer = "市教育局"
from = {since}
text = "x.txt"
"""


def policy(*rules, code="old", since="2025-09-01"):
    """Each rule is `kind: keys`; the clause is its place."""
    text = HEAD.format(code=code, since=since)
    for number, rule in enumerate(rules, 1):
        kind, _, keys = rule.partition(":")
        text += f"\n[[{kind}]]\n{keys.replace(';', chr(10))}\n"
        text += "" if "clause" in keys else f'clause = "{"一二三四五六"[number - 1]}"\n'
        text += 'quote = "原文"\n'
    return parse(text, f"{code}.toml")


PRICE = 'price: stages = ["primary"]; unit = "month"; yuan = {}'


def changed(old, new):
    old, new = ((one,) if isinstance(one, str) else one for one in (old, new))
    return [(change.before, change.after, change.direction) for change in diff(policy(*old), policy(*new, code="new"))]


def test_the_same_policy_has_no_differences(dalian):
    assert diff(dalian, dalian) == []


@pytest.mark.parametrize(
    ("old", "new", "direction"),
    [
        (PRICE.format(200), PRICE.format(180), "tighter"),
        (PRICE.format(200), PRICE.format(220), "looser"),
        (PRICE.format(200), PRICE.format(200).replace("month", "term"), "other"),
        (PRICE.format(200), PRICE.format(200) + '; weight = "warn"', "looser"),
        ('window: slots = ["afternoon"]; ends_by = "18:00"', 'window: slots = ["afternoon"]; ends_by = "17:30"', "tighter"),
        ('applies_to: stages = ["primary"]', 'applies_to: stages = ["primary", "junior"]', "looser"),
        ('filing: mode = "approved"; to = "局"', 'filing: mode = "filed"; to = "局"', "looser"),
        ('refund: cause = "absence"; gives = "each_day"; yuan = 8', 'refund: cause = "absence"; gives = "each_day"; yuan = 9', "tighter"),
        ('billable: lessons_a_day = 3', 'billable: lessons_a_day = 2', "tighter"),
        ('account: label = "基本户"', 'account: label = "专户"', "other"),
    ],
)  # fmt: skip
def test_a_rule_that_was_altered(old, new, direction):
    [(before, after, said)] = changed(old, new)
    assert before and after and before != after and said == direction


@pytest.mark.parametrize(
    ("rule", "when_added"),
    [
        ('prohibition: key = "k"; label = "乱收费"', "tighter"),
        ('waiver: group = "a"; label = "低保家庭学生"; percent = 100', "tighter"),
        ('open_days: weekdays = [6]', "looser"),
        ('expense: key = "water"; label = "水费"; funds = ["fee"]', "looser"),
        ('expense: key = "gifts"; label = "礼品"; funds = ["fee"]; allowed = false', "tighter"),
        ('refund: cause = "absence"; gives = "nothing"', "looser"),
        ('account: label = "基本户"', "other"),
    ],
)  # fmt: skip
def test_a_rule_that_came_or_went(rule, when_added):
    [(before, after, direction)] = changed((), rule)
    assert (before, direction) == ("", when_added) and after
    [(before, after, direction)] = changed(rule, ())
    assert after == "" and before
    assert direction == {"tighter": "looser", "looser": "tighter", "other": "other"}[when_added]


def test_a_threshold_that_moved_is_one_change():
    band = 'refund: cause = "absence"; gives = "half_month"; at_least = {}; counted = "total"; inclusive = true'
    [(before, after, direction)] = changed(band.format(10), band.format(8))
    assert before.startswith("请假或缺勤累计满 10 天（含）") and after.startswith("请假或缺勤累计满 8 天（含）")
    assert direction == "tighter"


def test_a_rule_that_was_split_is_held_against_the_one_it_was():
    both = 'price: stages = ["primary", "junior"]; unit = "month"; yuan = 200'
    found = changed(both, (PRICE.format(180), PRICE.format(230).replace("primary", "junior")))
    assert found == [
        ("小学、初中每月每生不高于 200 元", "小学每月每生不高于 180 元", "tighter"),
        ("小学、初中每月每生不高于 200 元", "初中每月每生不高于 230 元", "looser"),
    ]


def test_another_thing_is_not_the_same_thing_altered():
    fee = 'expense: key = "{}"; label = "{}"; funds = ["fee"]'
    assert changed(fee.format("water", "水费"), fee.format("venue", "场地费")) == [
        ("", "场地费可以从课后服务费列支", "looser"),
        ("水费可以从课后服务费列支", "", "tighter"),
    ]


def test_changes_follow_the_new_document_and_name_both_clauses():
    old = policy(PRICE.format(200) + '; clause = "五"', 'prohibition: key = "k"; label = "乱收费"; clause = "一"')
    new = policy(PRICE.format(180) + '; clause = "四"', 'agreement: label = "协议"; clause = "二"', code="new")
    agreement, price, gone = diff(old, new)
    assert (agreement.title, agreement.before_cite, agreement.after_cite.clause) == ("是否要签订服务协议", None, "二")
    assert (price.title, price.before_cite.clause, price.after_cite.clause) == ("小学：收费标准", "五", "四")
    assert (gone.before, gone.after, gone.after_cite) == ("严禁：乱收费", "", None)


def test_days_in_force_are_part_of_what_changed():
    later = policy(PRICE.format(200), since="2026-09-01", code="new")
    [since] = diff(policy(PRICE.format(200)), later)
    assert (since.title, since.before, since.after) == ("施行日期", "2025-09-01 起", "2026-09-01 起")
    two = (PRICE.format(200), PRICE.format(220) + "; from = 2026-09-01")
    assert changed(two[0], two) == [("", "小学每月每生不高于 220 元（2026-09-01 起）", "looser")]


def test_what_the_document_above_goes_on_saying_is_no_difference(dalian):
    text = HEAD.format(code="lower", since="2026-12-01") + 'parent = "dalian-2024"\n[[price]]\nservices = ["weekday"]\n'
    text += 'stages = ["primary"]\nunit = "month"\nyuan = 180\nclause = "三"\nquote = "不高于180元"\n'
    since, price = diff(dalian, parse(text, "lower.toml"))
    assert since.title == "施行日期"
    assert (price.before_cite.code, price.after_cite.code, price.direction) == ("dalian-2024", "lower", "tighter")


def test_one_price_for_all_takes_the_place_of_each_of_the_old_ones():
    each = [
        f'price: stages = ["{stage}"]; unit = "month"; yuan = {yuan}'
        for stage, yuan in (("primary", 200), ("junior", 240))
    ]
    found = changed(each, ('price: unit = "month"; yuan = 220',))
    assert [(bool(before), bool(after)) for before, after, _ in found] == [(True, True), (True, True)]
    assert len({after for _, after, _ in found}) == 1
