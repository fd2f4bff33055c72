"""The bureau's list of schools: what is out of order first, sums that add up, the same questions for any number."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from afterschool.access.capabilities import Capability, Role
from afterschool.oversight.desk import tasks
from afterschool.oversight.selectors import school_rows, sums
from attendance.actions.log import write_log
from attendance.models import Session
from billing.disclosures.models import Disclosure
from billing.models import FeeMonth
from enrollment.models import Agreement, AgreementItem, Application, Placement, Section
from tests import cast

NOVEMBER_12 = date(2026, 11, 12)
OCTOBER = date(2026, 10, 1)


@pytest.fixture
def reviewer(d_bureau):
    return cast.make_person("韩审核员", Role.BUREAU_REVIEWER, d_bureau)


def apply(student, term, state="signed", **more):
    return Application.objects.create(
        school=student.school,
        term=term,
        student=student,
        guardian=cast.make_person("家长"),
        number=f"N{student.pk}",
        state=state,
        submitted_at=datetime(2026, 9, 1, tzinfo=UTC),
        **{"answer_by": datetime(2026, 9, 5, tzinfo=UTC), **more},
    )


def refuse(student, term, reason):
    return apply(student, term, "refused", reason=reason, ground="管理及安全隐患", clause="扩面提质方案 二(一)")


def seat(student, plan):
    """The child takes part in the plan's only service."""
    offering = plan.offerings.get()
    agreement = Agreement.objects.create(
        school=student.school, term=plan.term, student=student, application=apply(student, plan.term),
        number=f"A{student.pk}", text_version="1", content={}, sha256="0" * 64, began_on=date(2026, 9, 1),
    )  # fmt: skip
    item = AgreementItem.objects.create(
        school=student.school, agreement=agreement, offering=offering, weekdays=[1], fee_fen=200_00
    )
    section = Section.objects.get_or_create(
        school=student.school, term=plan.term, offering=offering, name="一(1)班课后班"
    )[0]
    Placement.objects.create(
        school=student.school, section=section, student=student, item=item, began_on=date(2026, 9, 1)
    )


def publish(school, month):
    fee_month = FeeMonth.objects.create(school=school, month=month, policy="dalian-2024")
    return Disclosure.objects.create(
        school=school, fee_month=fee_month, content={}, sha256="0" * 64, published_at=datetime(2026, 11, 9, tzinfo=UTC)
    )


def row_of(school, bureau_person, day=NOVEMBER_12):
    reach = cast.act(bureau_person, day).reach(Capability.WATCH_SCHOOLS)
    return next(row for row in school_rows(reach, day) if row.school == school)


def test_row_tells_who_takes_part_at_what_rate_beside_its_cap(haitang, term, reviewer):
    plan = cast.make_plan(haitang, term, fee_fen=180_00)
    klass = cast.make_class(haitang)
    first, _second = cast.make_student(klass), cast.make_student(klass, name="李二")
    seat(first, plan)

    row = row_of(haitang, reviewer)

    assert (row.students, row.served, row.percent) == (2, 1, "50.0%")
    assert [(rate.fee.short(), rate.highest.short()) for rate in row.rates] == [("180", "200")]
    assert not any(rate.is_over for rate in row.rates)


def test_rate_above_the_cap_is_out_of_order(haitang, term, reviewer):
    cast.make_plan(haitang, term, fee_fen=220_00)

    assert "收费超过上限" in row_of(haitang, reviewer).wants


def test_school_without_plan_after_the_deadline_is_out_of_order(haitang, term, reviewer):
    assert row_of(haitang, reviewer).wants == ["方案逾期未报"]
    assert row_of(haitang, reviewer, date(2026, 9, 30)).wants == []


def test_refused_and_unanswered_applications_are_counted(haitang, term, reviewer):
    klass = cast.make_class(haitang)
    refuse(cast.make_student(klass), term, "没有依据")
    apply(cast.make_student(klass), term, "submitted")
    apply(cast.make_student(klass), term, "confirmed", answer_by=datetime(2026, 12, 1, tzinfo=UTC))

    row = row_of(haitang, reviewer)

    assert (row.refused, row.unanswered) == (1, 1)


@pytest.mark.parametrize(
    ("published", "day", "late"),
    [(None, date(2026, 11, 12), 2), (None, date(2026, 11, 10), 0), (OCTOBER, date(2026, 11, 12), 0)],
)
def test_last_months_disclosure_is_owed_until_it_is_published(haitang, term, reviewer, published, day, late):
    if published:
        publish(haitang, published)
    else:
        FeeMonth.objects.create(school=haitang, month=OCTOBER, policy="dalian-2024")

    row = row_of(haitang, reviewer, day)

    assert row.disclosure_late_days == late
    assert row.owed is (published is None)


def test_page_puts_what_is_out_of_order_first_and_adds_up(client, haitang, lanting, term, reviewer):
    for school in (haitang, lanting):
        cast.make_plan(school, term)
        cast.make_student(cast.make_class(school))
    refuse(cast.make_student(cast.make_class(lanting)), term, "没有依据")
    client.force_login(reviewer)

    page = client.get(reverse("oversight:school-list"))

    html = page.content.decode()
    assert html.index("兰亭初级中学</a>") < html.index("海棠路小学</a>")
    assert (page.context["sums"].schools, page.context["sums"].students, page.context["sums"].refused) == (2, 3, 1)


def test_sums_of_nothing_are_nothing():
    assert sums([]).percent == "—"


def test_detail_shows_refusals_without_the_childs_name(client, haitang, term, reviewer):
    cast.make_plan(haitang, term)
    refuse(cast.make_student(cast.make_class(haitang), name="古丽米热"), term, "没有依据的理由")
    client.force_login(reviewer)

    html = client.get(reverse("oversight:school-detail", args=[haitang.pk])).content.decode()

    assert "没有依据的理由" in html
    assert "古丽米热" not in html


def test_another_bureau_finds_nothing_and_a_school_is_turned_away(client, haitang, c_bureau):
    door = reverse("oversight:school-detail", args=[haitang.pk])
    client.force_login(cast.make_person("外局", Role.BUREAU_REVIEWER, c_bureau))
    assert client.get(door).status_code == 404

    client.force_login(cast.make_person("刘主任", Role.SCHOOL_ADMIN, haitang))
    assert client.get(door).status_code == 403
    assert client.get(reverse("oversight:school-list")).status_code == 403


def test_desk_tells_the_bureau_and_nobody_else(haitang, term, reviewer):
    FeeMonth.objects.create(school=haitang, month=OCTOBER, policy="dalian-2024")
    teacher = cast.make_person("值班", Role.TEACHER, haitang)

    told = tasks(cast.act(reviewer, NOVEMBER_12), NOVEMBER_12)

    assert [(task.title, task.detail, task.urgent) for task in told] == [
        ("1 所学校没有按时公示 10 月收支", "海棠路小学", True)
    ]
    assert tasks(cast.act(teacher, NOVEMBER_12), NOVEMBER_12) == []


def test_list_asks_as_much_for_three_schools_as_for_one(client, haitang, term, reviewer):
    def full(school):
        plan = cast.make_plan(school, term)
        seat(cast.make_student(cast.make_class(school)), plan)
        publish(school, OCTOBER)

    full(haitang)
    client.force_login(reviewer)
    door = reverse("oversight:school-list")
    with CaptureQueriesContext(connection) as one:
        client.get(door)
    for name in ("东山小学", "西山小学"):
        full(cast.make_school(haitang.bureau, name))
    with CaptureQueriesContext(connection) as three:
        client.get(door)

    assert len(three) == len(one)


def test_content_that_sounds_like_a_new_lesson_is_seen_by_the_bureau(client, haitang, term, reviewer):
    plan = cast.make_plan(haitang, term)
    section = Section.objects.create(school=haitang, term=term, offering=plan.offerings.get(), name="三(2)班")
    teacher, hours = cast.make_person("王静"), {"starts_at": time(15, 40), "ends_at": time(17, 30)}
    for day in (NOVEMBER_12, NOVEMBER_12 - timedelta(days=30)):
        session = Session.objects.create(school=haitang, section=section, day=day, **hours)
        write_log(
            session, activity="homework", content="讲新课《秋天》",
            now=datetime(2026, 11, 12, 10, tzinfo=UTC), by=cast.act(teacher),
        )  # fmt: skip
    [row] = school_rows(cast.act(reviewer).reach(Capability.WATCH_SCHOOLS), NOVEMBER_12)
    assert "1 场服务内容像在讲新课" in row.wants
    assert "1 所学校的服务内容像在讲新课" in [task.title for task in tasks(cast.act(reviewer), NOVEMBER_12)]
    with time_machine.travel("2026-11-12T19:00:00+08:00"):
        client.force_login(reviewer)
        page = client.get(reverse("oversight:school-detail", args=[haitang.pk])).content.decode()
    assert page.count("讲新课《秋天》") == 1 and "王静" in page
