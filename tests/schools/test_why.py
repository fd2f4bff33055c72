"""How a calculation is kept with a paper and told beside its figure."""

from datetime import date

import pytest

from afterschool.money import Money
from afterschool.policy import load
from afterschool.policy.verdict import Cite, Step
from afterschool.schools.why import Line, clauses, dates, sentences, tell
from tests.redoing import is_right

CAP = Cite("实施方案", "四.4", "小学、初中每月每生收费不高于200元。", "dalian-2024")
PART = Step("孩子参加其中 9 天，只收这些天的", "200.00 ÷ 17 × 9", Money(105_88))


def october(*numbers):
    return [date(2026, 10, number) for number in numbers]


FIGURE = Money(105_88)


def told(*steps, amount=FIGURE, cites=()):
    return tell("应交", amount, steps=sentences(steps), cites=cites, code="dalian-2024")


@pytest.mark.parametrize(
    ("days", "said"),
    [
        ([], ""),
        (october(9), "10月9日"),
        (october(9, 8), "10月8日、9日"),
        (october(1, 2, 3, 5, 8, 9, 10), "10月1日至3日、5日、8日至10日"),
        ([date(2026, 9, 29), date(2026, 9, 30), *october(1, 2, 3)], "9月29日、30日、10月1日至3日"),
    ],
)
def test_days_are_said_shortly(days, said):
    assert dates(days) == said


def test_a_step_is_read_as_words_and_what_they_come_to():
    steps = [
        Step("每月收费标准", amount=Money(1200_00)),
        PART,
        Step("这个月开 17 天：9 天"),
        Step("10月：这里收", amount=Money(1)),
    ]
    assert told(*steps).lines == [
        Line("每月收费标准", "1,200.00\u00a0元"),
        Line("孩子参加其中 9 天，只收这些天的", "200.00 ÷ 17 × 9 = 105.88\u00a0元"),
        Line("这个月开 17 天：9 天"),
        Line("10月：这里收", "0.01\u00a0元"),
    ]


def test_the_sums_to_redo_end_with_the_figure():
    assert told(PART).sums == ["200.00 ÷ 17 × 9 = 105.88"]
    assert told(Step("每月收费标准", amount=Money(200_00)), amount=Money(200_00)).sums == []
    two_kinds = [Step("平时", "2 × 40.00 × 150%", Money(120_00)), Step("休息日", "2 × 40.00 × 200%", Money(160_00))]
    sums = told(*two_kinds, amount=Money(280_00)).sums
    assert sums[-1] == "120.00 + 160.00 = 280.00" and all(map(is_right, sums))
    assert not is_right("120.00 + 160.00 = 280.01")


def test_a_clause_is_told_in_its_own_words_with_the_way_to_it():
    [clause] = told(PART, cites=clauses([CAP, None, CAP])).clauses
    assert (clause.label, clause.quotes) == ("实施方案 四.4", (CAP.quote,))
    assert clause.url == "/law/dalian-2024/%E5%9B%9B.4/"


def test_sentences_of_one_clause_stand_together():
    other = Cite("实施方案", "四.4", "高三年级每月每生收费不高于470元", "dalian-2024")
    [clause] = told(PART, cites=clauses([CAP, other])).clauses
    assert clause.quotes == (CAP.quote, other.quote)


def test_a_paper_that_kept_only_the_number_shows_the_whole_clause():
    [clause] = told(PART, cites=[{"policy": "实施方案", "clause": "四.7", "label": "实施方案 四.7"}]).clauses
    assert set(clause.quotes) == {rule.cite.quote for rule in load("dalian-2024").rules if rule.cite.clause == "四.7"}
    assert clause.url.startswith("/law/dalian-2024/")
