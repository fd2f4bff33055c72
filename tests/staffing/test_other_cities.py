"""A month end under policies that nobody programmed: the sheet is worked out from the file alone."""

from datetime import date, timedelta

import pytest
from django.urls import reverse

from afterschool.access.capabilities import Role
from afterschool.access.models import Person
from afterschool.errors import NoRule, RuleBroken
from afterschool.money import Money
from afterschool.schools.models import School
from staffing import papers
from staffing.actions import confirm_duties, draft_sheet, put_on_duty, substitute
from staffing.selectors import lacking_rate
from tests import cast
from tests.attendance.town import at

OCTOBER = date(2026, 10, 1)
MONDAY, TUESDAY, FRIDAY = date(2026, 10, 12), date(2026, 10, 13), date(2026, 10, 16)

PER_LESSON = """
[[stipend_rate]]
unit = "lesson"
yuan = 60
"""


@pytest.fixture
def clerk(town):
    return cast.act(cast.make_person("会计", Role.FINANCE_CLERK, town.school))


def served(town, day, minutes=90, **more):
    begun = at(15, day=day)
    duty = town.put_on(
        town.teacher, town.section, day=day,
        starts_at=begun, ends_at=at(18, day=day), arrived_at=begun, left_at=begun + timedelta(minutes=minutes), **more,
    )  # fmt: skip
    confirm_duties([duty], now=at(19, day=day), by=town.by_leader)
    return duty


def heads(sheet):
    return [column.head for column in papers.stipend_table(sheet).columns]


def test_minutes_by_slot(town, clerk, adopt):
    adopt(
        """
[[stipend_rate]]
unit = "minute"
yuan = "1.20"
slots = ["afternoon"]
[[stipend_rate]]
unit = "minute"
yuan = 1
slots = ["noon"]
"""
    )
    served(town, MONDAY)
    served(town, TUESDAY, minutes=45)

    sheet = draft_sheet(school=town.school, month=OCTOBER, by=clerk)

    line = sheet.lines.get()
    assert (line.amount_fen, line.by_grade) == (162_00, {"3": 162_00})  # 135 × 1.20
    assert line.steps == ["下午放学后 2 小时 15 分钟，每分钟 1.20 元：135 × 1.20 = 162.00 元"]
    assert heads(sheet)[2:5] == ["平日（分钟）", "休息日（分钟）", "法定节假日（分钟）"]
    assert papers.stipend_table(sheet).rows[0][2] == "135"
    assert papers.basis(sheet) == "下午放学后每分钟 1.20 元；午间每分钟 1 元（办法 1）"


def test_lessons_within_limits_and_a_factor_for_who_stands_in(town, clerk, adopt):
    adopt(
        PER_LESSON
        + """
[[stipend_role]]
role = "substitute"
label = "代班"
percent = 80
[[stipend_limit]]
lessons_a_day = 2
"""
    )
    served(town, MONDAY, lessons=3)
    stood_in = town.put_on(
        town.leader, town.section, day=FRIDAY, starts_at=at(15, day=FRIDAY), ends_at=at(18, day=FRIDAY), lessons=1
    )
    stood_in = substitute(stood_in, person=town.teacher, by=clerk)
    assert stood_in.stands_in_for == town.leader
    stood_in.arrived_at, stood_in.left_at = at(15, day=FRIDAY), at(16, day=FRIDAY)
    stood_in.save()
    confirm_duties([stood_in], now=at(19, day=FRIDAY), by=town.by_leader)

    sheet = draft_sheet(school=town.school, month=OCTOBER, by=clerk)

    line = sheet.lines.get()
    assert (line.amount_fen, line.lessons, line.counted) == (168_00, 3, {"lesson": "3"})  # 2 × 60 + 1 × 60 × 80 %
    assert line.steps == [
        "2 课时，每课时 60 元：2 × 60.00 = 120.00 元",
        "1 课时，每课时 60 元，代班按 80%：1 × 60.00 × 80% = 48.00 元",
        "每天最多计 2 课时：10 月 12 日多出的 1 课时不计补助",
    ]
    assert heads(sheet)[2] == "课时"
    assert papers.stipend_table(sheet).rows[0][2] == 3


def test_a_role_that_only_the_policy_knows_is_planned_and_paid(client, time_machine, today, town, clerk, adopt):
    time_machine.move_to(f"{today}T10:00:00+08:00", tick=True)
    adopt(PER_LESSON + '[[stipend_role]]\nrole = "supervise"\nlabel = "看护"\npercent = 50')
    client.force_login(cast.make_person("排班", Role.SCHOOL_ADMIN, town.school))
    wish = {
        "person": town.teacher.pk, "role": "supervise", "section": town.section.pk, "weekdays": [5],
        "first": "2026-10-16", "last": "2026-10-16",
    }  # fmt: skip
    assert "看护" in client.get(reverse("staffing:rota-plan")).content.decode()
    assert client.post(reverse("staffing:rota-plan"), wish).status_code == 302
    duty = town.school.duties.get(day=FRIDAY)
    assert (duty.role, duty.get_role_display()) == ("supervise", "看护")
    duty.arrived_at, duty.left_at = duty.starts_at, duty.ends_at
    duty.save()
    confirm_duties([duty], now=at(19, day=FRIDAY), by=town.by_leader)

    line = draft_sheet(school=town.school, month=OCTOBER, by=clerk).lines.get()

    assert line.steps == ["2 课时，每课时 60 元，看护按 50%：2 × 60.00 × 50% = 60.00 元"]


def test_a_role_that_no_policy_knows_is_refused(town, clerk):
    with pytest.raises(RuleBroken, match="现行政策里没有这种岗位"):
        put_on_duty(
            school=town.school, day=FRIDAY, section=town.section, person=town.teacher, role="supervise", by=clerk
        )


def test_whoever_gets_a_duty_back_stands_in_for_nobody(town, clerk):
    duty = town.put_on(town.leader, town.section, day=FRIDAY)
    duty = substitute(duty, person=town.teacher, by=clerk)
    assert substitute(duty, person=town.leader, by=clerk).stands_in_for is None


def test_the_week_that_began_last_month_counts(town, clerk, adopt):
    adopt(PER_LESSON + "[[stipend_limit]]\nlessons_a_week = 3")
    served(town, date(2026, 9, 29), lessons=2)
    draft_sheet(school=town.school, month=date(2026, 9, 1), by=clerk)
    served(town, date(2026, 10, 2), lessons=2)

    sheet = draft_sheet(school=town.school, month=OCTOBER, by=clerk)

    assert sheet.total_fen == 60_00


def test_the_rate_depends_on_how_many_children_the_class_has(town, clerk, adopt):
    adopt(
        """
[[stipend_rate]]
unit = "session"
yuan = 50
students_to = 2
[[stipend_rate]]
unit = "session"
yuan = 80
students_from = 3
"""
    )
    served(town, MONDAY)  # three children come on Mondays
    served(town, FRIDAY)

    sheet = draft_sheet(school=town.school, month=OCTOBER, by=clerk)

    assert sheet.lines.get().steps == ["3 人以上的班 2 次，每次 80 元：2 × 80.00 = 160.00 元"]
    assert heads(sheet)[2] == "次数"


def test_leaders_have_no_class_and_so_no_rate_by_its_size(town, clerk, adopt):
    adopt(PER_LESSON + "students_from = 1")
    duty = town.put_on(
        town.leader, day=MONDAY, role="leader", arrived_at=at(15, 40, MONDAY), left_at=at(17, 30, MONDAY)
    )
    other = cast.act(cast.make_person("孙主任", Role.LEADER, town.school))
    confirm_duties([duty], now=at(19, day=MONDAY), by=other)

    with pytest.raises(NoRule, match="不知道班上有多少学生"):
        draft_sheet(school=town.school, month=OCTOBER, by=clerk)


def test_each_day_is_paid_by_the_policy_of_its_day(town, clerk, adopt):
    served(town, MONDAY, minutes=59)  # 40 × 150 %, 59 minutes
    adopt(PER_LESSON, began_on=TUESDAY)
    served(town, FRIDAY, lessons=2)

    sheet = draft_sheet(school=town.school, month=OCTOBER, by=clerk)

    line = sheet.lines.get()
    assert line.amount_fen == 59_00 + 120_00
    assert [cite["label"] for cite in line.cites] == ["实施方案 四.7", "办法 1"]
    assert (line.workday_minutes, line.lessons) == (59, 2)
    assert heads(sheet)[2:6] == ["平日（小时）", "休息日（小时）", "法定节假日（小时）", "课时"]


def test_under_a_ceiling_the_school_says_its_own_rate(client, town, clerk, adopt):
    adopt(PER_LESSON + 'nature = "ceiling"')
    School.objects.update(stipend_base_fen=None)
    town.school.refresh_from_db()
    served(town, MONDAY, lessons=2)
    assert lacking_rate(town.school, MONDAY).name == "本校补助标准"
    with pytest.raises(RuleBroken, match="每课时不高于 60 元，请先填写本校的补助标准") as refusal:
        draft_sheet(school=town.school, month=OCTOBER, by=clerk)
    assert refusal.value.cite.label == "办法 1"

    town.school.stipend_base_fen = Money.parse("55").fen
    town.school.save()
    assert draft_sheet(school=town.school, month=OCTOBER, by=clerk).total_fen == 110_00


def test_the_school_is_asked_for_its_rate_in_the_policys_unit(client, time_machine, today, town, adopt):
    time_machine.move_to(f"{today}T10:00:00+08:00", tick=True)
    adopt(PER_LESSON + 'nature = "ceiling"')
    client.force_login(cast.make_person("管理员", Role.SCHOOL_ADMIN, town.school))
    page = client.get(reverse("schools:school-edit")).content.decode()
    assert "本校补助标准（元/课时）" in page and "每课时不高于 60 元" in page

    facts = {"phone": "0411", "bank_name": "", "bank_account": "", "base": "60.01"}
    refused = client.post(reverse("schools:school-edit"), facts)
    assert refused.status_code == 422
    assert "每课时不高于 60 元，现填 60.01 元" in refused.content.decode()


def test_where_the_policy_fixes_the_rate_the_school_is_not_asked(client, time_machine, today, town, adopt):
    time_machine.move_to(f"{today}T10:00:00+08:00", tick=True)
    adopt(PER_LESSON)
    client.force_login(cast.make_person("管理员", Role.SCHOOL_ADMIN, town.school))
    assert (
        "补助"
        not in client.get(reverse("schools:school-edit")).content.decode().split("<form", 1)[1].split("</form>")[0]
    )


def test_the_sheets_page_shows_what_the_policy_counts(client, town, clerk, adopt):
    adopt(PER_LESSON)
    served(town, MONDAY, lessons=2)
    sheet = draft_sheet(school=town.school, month=OCTOBER, by=clerk)
    client.force_login(Person.objects.get(pk=clerk.person_id))

    page = client.get(reverse("staffing:stipend-sheet-detail", args=[sheet.pk])).content.decode()

    assert (
        '<th scope="col" class="num">课时</th>' in page and "平日" not in page.split("<thead>")[1].split("</thead>")[0]
    )
