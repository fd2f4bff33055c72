"""协议: one text, one hash, two signatures, a seat."""

import io
from datetime import timedelta

import pytest
from pypdf import PdfReader

from afterschool.audit.models import Deed
from afterschool.errors import RuleBroken
from afterschool.notices.models import Notice
from enrollment.actions import (
    acknowledge_withdrawal,
    approve,
    confirm,
    open_sections,
    sign_as_guardian,
    sign_as_school,
    take_back,
    withdraw,
)
from enrollment.agreement_text import canonical, sha256_of
from enrollment.models import Agreement, Application, Placement, Section, Withdrawal
from enrollment.papers import agreement_pdf, code_of
from tests import cast

from .conftest import act, add_club, another_family, applied, approved, basic, enrolled, signed_by_guardian


def sign(agreement, person, town, sha256=None):
    return sign_as_guardian(agreement=agreement, sha256=sha256 or agreement.sha256, now=town.now, by=act(person))


def text_of(pdf):
    return "".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages).replace("\n", "")


def words(agreement):
    return "".join("".join(article["paragraphs"]) for article in agreement.content["articles"])


def test_the_text_says_price_clause_times_and_people(town):
    agreement = approved(town, applied(town, pickup=[{"name": "王秀兰", "relation": "奶奶", "phone": "13900003307"}]))

    text = words(agreement)
    assert agreement.content["title"] == "自愿参加课后服务协议书"
    assert "周一、周二、周四、周五 15:40—17:30" in text
    assert "200.00\u00a0元" in text and "实施方案 四.4" in text
    assert "多退少不补" in text
    assert agreement.content["pickup"][0]["name"] == "王秀兰"
    assert [article["title"] for article in agreement.content["articles"] if article["marked"]] == [
        "六、结算与退费", "七、请假与缺勤", "八、接送与交接",
    ]  # fmt: skip


BY_THE_LESSON = """
[[agreement]]
label = "课后服务协议"
[[price]]
unit = "lesson"
yuan = 3
[[refund]]
cause = "withdrawal"
gives = "percent"
percent = 60
elapsed_at_most = "1/3"
[[refund]]
cause = "withdrawal"
gives = "nothing"
"""


def test_the_text_names_the_unit_and_promises_only_what_the_policy_does(town):
    cast.adopt(town.school.bureau, BY_THE_LESSON)
    town.plan.offerings.update(fee_fen=3_00, unit="lesson")
    agreement = approved(town)
    text = words(agreement)
    assert agreement.items.get().unit == "lesson"
    assert "课后托管：每课时 3 元。" in text and "每课时不高于 3 元（办法 2）" in text
    assert "中途退出的，按办法 3退费" in text
    assert "每月合计" not in text and "多退少不补" not in text and "剩余费用" not in text


def test_under_c_the_text_says_that_nothing_is_charged(town, wuhang):
    term = cast.make_term(wuhang.bureau)
    child, parent = another_family(town, klass=cast.make_class(wuhang, grade=3))
    elsewhere = type(town)(**{**vars(town), "term": term, "plan": cast.make_plan(wuhang, term, fee_fen=0)})

    text = words(approved(elsewhere, applied(elsewhere, child=child, parent=parent)))

    assert "本服务不向家长收费" in text and "多退少不补" not in text


def test_what_a_family_types_stays_text(town):
    agreement = approved(town, applied(town, health_note="<b>花生</b>&过敏"))

    assert "<b>花生</b>&过敏" in words(agreement)


def test_hash_is_that_of_the_stored_bytes(town):
    agreement = Agreement.objects.get(pk=approved(town).pk)

    assert sha256_of(agreement.content) == agreement.sha256
    assert canonical(agreement.content) == canonical(dict(reversed(agreement.content.items())))


def test_guardian_signs_what_was_shown_and_only_once(town):
    agreement = approved(town)

    with pytest.raises(RuleBroken, match="不一致"):
        sign(agreement, town.mother, town, sha256="0" * 64)
    for stranger in (town.teacher, town.clerk, cast.make_person("路人")):
        with pytest.raises(RuleBroken, match="监护人"):
            sign(agreement, stranger, town)
    agreement.refresh_from_db()
    assert agreement.guardian_signed_at is None

    signed = sign(agreement, town.father, town)
    assert (signed.guardian_signed_by, signed.guardian_signed_how) == (town.father, "本人账号登录")
    with pytest.raises(RuleBroken, match="监护人签过"):
        sign(agreement, town.mother, town)
    assert Deed.objects.filter(verb="signed_as_guardian").count() == 1


def test_a_signature_does_not_fit_another_childs_text(town):
    child, parent = another_family(town)
    mine, theirs = approved(town), approved(town, applied(town, child=child, parent=parent))

    with pytest.raises(RuleBroken, match="不一致"):
        sign(mine, town.mother, town, sha256=theirs.sha256)


@pytest.mark.parametrize("signer", ["guardian", "school"])
def test_a_changed_text_is_noticed_before_either_signs(town, signer):
    agreement = approved(town) if signer == "guardian" else signed_by_guardian(town)
    flipped = {**agreement.content, "monthly_fen": agreement.content["monthly_fen"] + 1}
    Agreement.objects.filter(pk=agreement.pk).update(content=flipped)

    with pytest.raises(RuleBroken, match="对不上"):
        if signer == "guardian":
            sign(agreement, town.mother, town)
        else:
            sign_as_school(agreements=[agreement], now=town.now, by=act(town.clerk))

    assert not Placement.objects.exists()


def test_the_school_never_signs_first_or_twice_or_after_a_change_of_mind(town):
    agreement = approved(town)
    with pytest.raises(RuleBroken, match="家长还没有签"):
        sign_as_school(agreements=[agreement], now=town.now, by=act(town.clerk))
    signed_by_guardian(town, agreement)
    take_back(application=agreement.application, by=act(town.mother))
    with pytest.raises(RuleBroken, match="已经撤回"):
        sign_as_school(agreements=[agreement], now=town.now, by=act(town.clerk))
    assert not Placement.objects.exists()

    again = enrolled(town)
    with pytest.raises(RuleBroken, match="已经签过"):
        sign_as_school(agreements=[again], now=town.now, by=act(town.clerk))
    assert Placement.objects.count() == 1


def test_one_unsigned_agreement_stops_the_whole_batch(town):
    child, parent = another_family(town)
    ready, waiting = signed_by_guardian(town), approved(town, applied(town, child=child, parent=parent))
    told = Notice.objects.count()

    with pytest.raises(RuleBroken, match="周子涵"):
        sign_as_school(agreements=[ready, waiting], now=town.now, by=act(town.clerk))

    assert not Placement.objects.exists() and Notice.objects.count() == told
    assert not Application.objects.filter(state=Application.State.SIGNED).exists()


def test_sections_open_once_for_each_class_and_club_and_take_the_children(town):
    cast.make_class(town.school, grade=3, number=1)
    club = add_club(town.plan)
    for _ in range(2):
        open_sections(plan=town.plan, by=act(town.clerk))
    assert set(Section.objects.values_list("name", flat=True)) == {"三(1)班 课后托管", "三(2)班 课后托管", "篮球"}

    enrolled(town, approved(town, applied(town, choices=[(basic(town.plan), [1, 4]), (club, [4])])))

    assert {p.section.name for p in Placement.objects.select_related("section")} == {"三(2)班 课后托管", "篮球"}
    assert Section.objects.count() == 3


def test_the_paper_carries_number_version_hash_and_signatures_and_comes_out_the_same(town):
    agreement = Agreement.objects.get(pk=enrolled(town).pk)

    pdf = agreement_pdf(agreement)

    text = text_of(pdf)
    for said in (agreement.number, "v2026-2", agreement.sha256, "李敏", "周洁", "本人账号登录", code_of(agreement)):
        assert said in text, said
    for article in agreement.content["articles"]:
        assert article["title"] in text
    assert "签订以后的变更" not in text
    assert pdf == agreement_pdf(Agreement.objects.get(pk=agreement.pk))


def test_a_withdrawal_ends_seat_and_charge_on_the_guardians_day_and_stands_on_the_paper(town):
    agreement = enrolled(town)
    last_on = town.today.replace(day=30)

    withdrawal = withdraw(agreement=agreement, last_on=last_on, reason="搬家", now=town.now, by=act(town.father))

    agreement = Agreement.objects.get(pk=agreement.pk)
    assert agreement.ended_on == last_on == Placement.objects.get().ended_on
    assert sha256_of(agreement.content) == agreement.sha256
    assert "最后服务日为 2026年9月30日" in text_of(agreement_pdf(agreement))

    told = acknowledge_withdrawal(withdrawal=withdrawal, now=town.now, by=act(town.clerk))
    assert told.acknowledged_by == town.clerk
    with pytest.raises(RuleBroken, match="已经办过"):
        acknowledge_withdrawal(withdrawal=withdrawal, now=town.now, by=act(town.clerk))


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda town: {"last_on": town.today.replace(day=6)}, "9月7日 到"),
        (lambda town: {"last_on": town.term.ended_on.replace(day=30)}, "之间的日子"),
        (lambda town: {"reason": " "}, "原因"),
        (lambda town: {"by": act(town.clerk)}, "监护人"),
    ],
)
def test_a_withdrawal_that_is_refused_changes_nothing(town, change, message):
    agreement = enrolled(town)
    wish = {"last_on": town.today, "reason": "搬家", "by": act(town.mother), **change(town)}

    with pytest.raises(RuleBroken, match=message):
        withdraw(agreement=agreement, now=town.now, **wish)

    assert not Withdrawal.objects.exists()
    agreement.refresh_from_db()
    assert agreement.ended_on is None and Placement.objects.get().ended_on is None


def test_called_off_before_the_first_day_no_day_is_left(town):
    application = confirm(application=applied(town), now=town.now, by=act(town.teacher))
    began_on = town.today + timedelta(days=7)
    agreement = approve(application=application, began_on=began_on, now=town.now, by=act(town.clerk))
    enrolled(town, agreement)

    withdraw(
        agreement=agreement, last_on=began_on - timedelta(days=1), reason="搬家", now=town.now, by=act(town.mother)
    )

    assert not Placement.objects.open_on(began_on).exists()
    assert not Agreement.objects.open_on(began_on).exists()


def test_withdrawing_twice_or_before_signing_is_refused(town):
    agreement = approved(town)
    with pytest.raises(RuleBroken, match="撤回报名"):
        withdraw(agreement=agreement, last_on=town.today, reason="搬家", now=town.now, by=act(town.mother))
    enrolled(town, agreement)
    withdraw(agreement=agreement, last_on=town.today, reason="搬家", now=town.now, by=act(town.mother))

    with pytest.raises(RuleBroken, match="已经提出退出"):
        withdraw(agreement=agreement, last_on=town.today, reason="搬家", now=town.now, by=act(town.mother))
    assert Withdrawal.objects.count() == 1
