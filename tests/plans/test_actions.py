"""A plan's life: drafted, written, filed, returned, in force, revised; a refusal changes nothing."""

from datetime import UTC, date, datetime, time

import pytest
from django.core.exceptions import ValidationError

from afterschool.audit.models import Deed
from afterschool.errors import RuleBroken
from afterschool.notices.models import Notice
from afterschool.plans.actions import (
    draft_plan,
    file_plan,
    keep_minutes,
    remove_offering,
    review_plan,
    revise_plan,
    save_offering,
    save_plan,
)
from afterschool.plans.models import Minutes, Offering, Plan, Review
from afterschool.plans.selectors import filing_facts, offerings_for
from tests import cast
from tests.plans.writing import IN_AUGUST, IN_SEPTEMBER, as_clerk, as_reviewer, put_in_force, write_plan


@pytest.fixture
def clerk(haitang):
    return as_clerk(haitang)


@pytest.fixture
def reviewer(d_bureau):
    return as_reviewer(d_bureau)


@pytest.fixture
def plan(haitang, term, clerk):
    return write_plan(haitang, term, clerk)


def test_draft_a_second_time_is_refused(plan, clerk):
    with pytest.raises(RuleBroken, match="已经有了") as refused:
        draft_plan(plan.school, plan.term, by=clerk)

    assert refused.value.field == "term"
    assert Plan.objects.count() == 1


def test_draft_for_another_bureaus_term_is_refused(wuhang, term):
    with pytest.raises(RuleBroken, match="不是本校"):
        draft_plan(wuhang, term, by=as_clerk(wuhang))

    assert not Plan.objects.exists()


def test_save_writes_only_what_changed_and_signs_the_book(plan, clerk):
    before = Deed.objects.count()
    save_plan(plan, by=clerk, leader="王校长", hotline="0411-85550199")
    save_plan(plan, by=clerk, leader="王校长")

    deed = Deed.objects.order_by("pk").last()
    assert Deed.objects.count() == before + 1
    assert (deed.verb, deed.facts) == ("saved", {"fields": ["hotline"]})


def test_save_refuses_a_field_that_is_not_of_the_form(plan, clerk):
    with pytest.raises(TypeError, match="state"):
        save_plan(plan, by=clerk, state="in_force")

    plan.refresh_from_db()
    assert plan.state == "draft"


def test_filed_plan_can_no_longer_be_written(plan, clerk):
    file_plan(plan, now=IN_SEPTEMBER, by=clerk)
    offering = plan.offerings.get()

    for deed in (
        lambda: save_plan(plan, by=clerk, leader="别人"),
        lambda: save_offering(plan, offering, by=clerk, fee_fen=1),
        lambda: remove_offering(offering, by=clerk),
        lambda: keep_minutes(plan, "记录.pdf", b"%PDF-1.7", by=clerk),
        lambda: file_plan(plan, now=IN_SEPTEMBER, by=clerk),
    ):
        with pytest.raises(RuleBroken, match="不能再改"):
            deed()

    plan.refresh_from_db()
    assert plan.leader == "王校长"
    assert plan.offerings.get().fee_fen == 200_00
    assert not Minutes.objects.exists()


@pytest.mark.parametrize(
    ("breach", "clause", "field"),
    [
        ({"fee_fen": 220_00}, "四.4", "fee"),
        ({"weekdays": (1, 2, 3, 4, 5)}, "四.2", "weekdays"),
        ({"ends_at": time(17, 45)}, "四.2", "ends_at"),
        ({"leader": ""}, "五(一)", "leader"),
        ({"committee_met_on": None}, "四.4", "committee_met_on"),
    ],
)
def test_file_is_refused_with_its_clause_and_changes_nothing(haitang, term, clerk, breach, clause, field):
    plan = write_plan(haitang, term, clerk, **breach)

    with pytest.raises(RuleBroken) as refused:
        file_plan(plan, now=IN_SEPTEMBER, by=clerk)

    plan.refresh_from_db()
    assert refused.value.cite.label == f"实施方案 {clause}"
    assert refused.value.field == field
    assert (plan.state, plan.filed_at) == ("draft", None)
    assert not Notice.objects.exists()


@pytest.mark.parametrize(("now", "late"), [(IN_SEPTEMBER, False), (datetime(2026, 10, 1, 1, tzinfo=UTC), True)])
def test_file_tells_the_bureau_and_says_when_it_is_late(plan, clerk, reviewer, now, late):
    file_plan(plan, now=now, by=clerk)

    plan.refresh_from_db()
    notice = Notice.objects.get()
    assert plan.state == "filed"
    assert notice.to_id == reviewer.person_id
    assert ("逾期" in notice.title) is late
    assert Deed.objects.get(verb="filed").facts["late"] is late


def test_d_takes_note_and_gives_a_number(plan, clerk, reviewer):
    put_in_force(plan, clerk, reviewer)

    assert (plan.state, plan.filing_number) == ("in_force", "课后备〔2026〕001号")
    assert Plan.objects.in_force().get() == plan
    assert plan.in_force_at
    assert Notice.objects.filter(to_id=clerk.person_id, kind="plan_reviewed").count() == 1


def test_d_cannot_approve(plan, clerk, reviewer):
    file_plan(plan, now=IN_SEPTEMBER, by=clerk)

    with pytest.raises(RuleBroken, match="已备案") as refused:
        review_plan(plan, "approved", now=IN_SEPTEMBER, by=reviewer)

    plan.refresh_from_db()
    assert refused.value.cite.clause == "五(一)"
    assert (plan.state, plan.filing_number) == ("filed", "")
    assert not Review.objects.exists()


def test_return_needs_a_reason(plan, clerk, reviewer):
    file_plan(plan, now=IN_SEPTEMBER, by=clerk)

    with pytest.raises(RuleBroken, match="理由"):
        review_plan(plan, "returned", "  ", now=IN_SEPTEMBER, by=reviewer)

    plan.refresh_from_db()
    assert plan.state == "filed"
    assert not Review.objects.exists()


def test_returned_plan_is_mended_and_filed_again(plan, clerk, reviewer):
    file_plan(plan, now=IN_SEPTEMBER, by=clerk)
    review_plan(plan, "returned", "应急预案太简单", now=IN_SEPTEMBER, by=reviewer)
    told = Notice.objects.get(to_id=clerk.person_id)

    save_plan(plan, by=clerk, emergency="分四类，各有负责人和电话")
    put_in_force(plan, clerk, reviewer)

    assert told.body == "应急预案太简单"
    assert plan.state == "in_force"
    assert [review.answer for review in plan.reviews.all()] == ["returned", "noted"]


def test_review_of_a_plan_not_filed_is_refused(plan, reviewer):
    with pytest.raises(RuleBroken, match="不在待审状态"):
        review_plan(plan, "noted", now=IN_SEPTEMBER, by=reviewer)

    assert not Review.objects.exists()


def test_numbers_run_without_a_gap_through_the_bureau(plan, clerk, reviewer, lanting, term):
    put_in_force(plan, clerk, reviewer)
    other = as_clerk(lanting)
    second = write_plan(lanting, term, other)
    file_plan(second, now=IN_SEPTEMBER, by=other)
    review_plan(second, "returned", "请补充", now=IN_SEPTEMBER, by=reviewer)
    put_in_force(second, other, reviewer)

    assert second.filing_number == "课后备〔2026〕002号"


def test_c_must_be_approved_before_anyone_can_choose_it(c_bureau, wuhang):
    c_term, clerk, reviewer = cast.make_term(c_bureau), as_clerk(wuhang), as_reviewer(c_bureau)
    child = cast.make_student(cast.make_class(wuhang, 1))
    plan = write_plan(wuhang, c_term, clerk, fee_fen=0, ends_at=time(18, 0))
    file_plan(plan, now=IN_AUGUST, by=clerk)

    with pytest.raises(RuleBroken, match="审核同意") as refused:
        review_plan(plan, "noted", now=IN_AUGUST, by=reviewer)
    assert refused.value.cite.label == "扩面提质方案 三(三)"
    assert not offerings_for(child, c_term).exists()

    review_plan(plan, "approved", now=IN_AUGUST, by=reviewer)
    assert offerings_for(child, c_term).get().name == "课后托管"


def test_offerings_are_for_the_childs_grade_and_boarding(plan, clerk, reviewer):
    for_boarders = {"name": "住校晚托", "boarding": "board", "starts_at": time(16), "ends_at": time(17)}
    save_offering(plan, by=clerk, grades=[1], weekdays=[1], **for_boarders)
    save_offering(
        plan, by=clerk, name="书法", kind="club", grades=[3], weekdays=[2], starts_at=time(16), ends_at=time(17)
    )
    put_in_force(plan, clerk, reviewer)
    first, third = (cast.make_student(cast.make_class(plan.school, grade)) for grade in (1, 3))
    boarder = cast.make_student(cast.make_class(plan.school, 1), boards=True)

    def names(child):
        return {offering.name for offering in offerings_for(child, plan.term)}

    assert names(first) == {"课后托管"}
    assert names(third) == {"课后托管", "书法"}
    assert names(boarder) == {"课后托管", "住校晚托"}


def test_revision_holds_beside_the_old_one_until_it_is_noted(plan, clerk, reviewer):
    keep_minutes(plan, "记录.pdf", b"%PDF-1.7 ...", by=clerk)
    put_in_force(plan, clerk, reviewer)

    new = revise_plan(plan, by=clerk)
    with pytest.raises(RuleBroken, match="已经有一份变更"):
        revise_plan(plan, by=clerk)
    save_offering(new, new.offerings.get(), by=clerk, fee_fen=180_00)
    assert Plan.objects.in_force().get() == plan
    assert not new.in_force_at

    put_in_force(new, clerk, reviewer)
    plan.refresh_from_db()
    assert (plan.state, new.state, new.version) == ("replaced", "in_force", 2)
    assert new.filing_number == "课后备〔2026〕002号"
    assert bytes(new.minutes.file) == b"%PDF-1.7 ..."
    assert Offering.objects.get(plan=plan).fee_fen == 200_00


def test_a_change_of_a_plan_in_force_is_never_late(plan, clerk, reviewer):
    put_in_force(plan, clerk, reviewer)
    november = datetime(2026, 11, 2, 1, tzinfo=UTC)

    new = revise_plan(plan, by=clerk)
    assert filing_facts(new, november.date())["late"] is False
    file_plan(new, now=november, by=clerk)

    assert Deed.objects.filter(verb="filed").latest("pk").facts["late"] is False


def test_revise_a_plan_not_in_force_is_refused(plan, clerk):
    with pytest.raises(RuleBroken, match="已生效"):
        revise_plan(plan, by=clerk)

    assert Plan.objects.count() == 1


@pytest.mark.parametrize("data", [b"MZ\x90", b"%PDF" + b"0" * (5 * 1024 * 1024)])
def test_minutes_of_a_wrong_kind_or_size_are_refused(plan, clerk, data):
    with pytest.raises(RuleBroken, match=r"PDF|5 MB"):
        keep_minutes(plan, "记录.pdf", data, by=clerk)

    assert not Minutes.objects.exists()


def test_offering_outside_the_school_or_upside_down_is_refused(plan, clerk):
    odd = {"name": "篮球", "grades": [7], "weekdays": [1], "starts_at": time(17), "ends_at": time(16)}
    with pytest.raises(ValidationError) as refused:
        save_offering(plan, by=clerk, **odd)

    assert set(refused.value.message_dict) >= {"grades", "ends_at"}
    assert plan.offerings.count() == 1


def test_a_higher_fee_is_not_filed_on_the_meeting_of_the_earlier_version(haitang, term, clerk, reviewer):
    plan = put_in_force(write_plan(haitang, term, clerk, fee_fen=180_00), clerk, reviewer)
    new = revise_plan(plan, by=clerk)
    save_offering(new, new.offerings.get(), by=clerk, fee_fen=200_00)

    with pytest.raises(RuleBroken, match=r"课后托管的收费是新定的或者提高了.*8月28日.*9月15日.*请重新开会") as refusal:
        file_plan(new, now=IN_SEPTEMBER, by=clerk)

    assert (refusal.value.field, refusal.value.cite.clause) == ("committee_met_on", "四.4")
    assert Plan.objects.get(pk=new.pk).state == "draft"
    save_plan(new, by=clerk, committee_met_on=date(2026, 9, 20))
    assert file_plan(new, now=datetime(2026, 9, 21, 1, tzinfo=UTC), by=clerk).state == "filed"
