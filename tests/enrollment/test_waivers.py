"""减免: one asks, another decides, the policy sets the rate."""

import pytest

from afterschool.errors import RuleBroken
from afterschool.schools.models import Student
from enrollment.actions import ask_waiver, decide_waiver
from enrollment.models import Waiver
from enrollment.selectors import fee_waived, waivers_due, waivers_on
from tests import cast

from .conftest import act, applied, approved


def ask(town, child=None, category="registered_poor", percent=None, evidence="学籍名册登记", by=None):
    return ask_waiver(
        student=child or town.child, category=category, percent=percent, evidence=evidence,
        began_on=town.today.replace(day=1), by=act(by or town.teacher),
    )  # fmt: skip


def decide(town, waiver, granted=True, reason="", by=None):
    return decide_waiver(waiver=waiver, granted=granted, reason=reason, now=town.now, by=act(by or town.principal))


def test_the_register_offers_and_two_people_grant(town):
    poor = cast.make_student(town.klass, "马小军", is_registered_poor=True)
    assert list(waivers_due(Student.objects.all())) == [poor]

    waiver = ask(town, poor)
    assert waiver.percent == 100
    assert not waivers_due(Student.objects.all()).exists()
    assert waivers_on([poor], town.today, town.today) == {}
    decide(town, waiver)

    assert waivers_on([poor], town.today, town.today) == {poor.pk: [waiver]}
    assert fee_waived(poor, town.today).answer == 100


def test_a_granted_waiver_stands_in_the_agreement_without_its_category(town):
    decide(town, ask(town))

    content = approved(town, applied(town)).content

    assert content["waived_percent"] == 100
    assert "建档立卡" not in str(content["articles"])


@pytest.mark.parametrize(
    ("wish", "message"),
    [
        ({"category": "genius"}, "没有这一类"),
        ({"evidence": " "}, "证明材料"),
        ({"category": "hardship"}, "由学校决定"),
        ({"category": "hardship", "percent": 101}, "1% 到 100%"),
    ],
)
def test_asking_outside_the_policy_is_refused(town, wish, message):
    with pytest.raises(RuleBroken, match=message):
        ask(town, **wish)

    assert not Waiver.objects.exists()


def test_asked_twice_is_refused_and_after_a_no_one_may_ask_again(town):
    waiver = ask(town)
    with pytest.raises(RuleBroken, match="在办"):
        ask(town, by=town.clerk)
    decide(town, waiver, granted=False, reason="证明过期")

    assert ask(town).state == Waiver.State.ASKED


def test_a_decision_needs_another_person_a_reason_to_deny_and_falls_once(town):
    waiver = ask(town, by=town.principal)
    with pytest.raises(RuleBroken, match="两个人"):
        decide(town, waiver)
    waiver = ask(town, category="hardship", percent=50)
    with pytest.raises(RuleBroken, match="写明理由"):
        decide(town, waiver, granted=False)
    waiver.refresh_from_db()
    assert waiver.state == Waiver.State.ASKED

    decide(town, waiver)
    with pytest.raises(RuleBroken, match="已经有决定"):
        decide(town, waiver, granted=False, reason="改主意")
    waiver.refresh_from_db()
    assert waiver.state == Waiver.State.GRANTED
