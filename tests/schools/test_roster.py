"""The roster: both sample exports come to what tests/samples/README.md says, row by row; and again without effect."""

import io
from datetime import date
from pathlib import Path

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from openpyxl import load_workbook

from afterschool.access.models import Person
from afterschool.access.reach import Actor
from afterschool.audit.models import Deed
from afterschool.errors import RuleBroken
from afterschool.jobs.book import run_waiting
from afterschool.jobs.models import Job
from afterschool.schools.actions import apply_roster, begin_applying, read_roster, upload_roster
from afterschool.schools.models import Guardianship, RosterImport, SchoolClass, Student
from tests import cast

SAMPLES = Path(__file__).parents[1] / "samples"
PRIMARY, MESSY = ((SAMPLES / f"roster-{name}.xlsx").read_bytes() for name in ("primary", "messy"))
TODAY = date(2026, 9, 2)
State = RosterImport.State
HEAD_ROW = 3


@pytest.fixture
def clerk(haitang):
    person = cast.make_person("钱颖")
    return Actor(name=person.name, person_id=person.pk)


def preview(school, data, by):
    return read_roster(upload_roster(school, "学籍.xlsx", data, by=by), by=by)


def take_in(school, data, by, left=()):
    return apply_roster(preview(school, data, by), on=TODAY, left=left, by=by)


def edited(data, edit):
    """The same export after somebody worked on it."""
    book = load_workbook(io.BytesIO(data))
    edit(book.active)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


# Twenty children of grade one and ten of grade six, for what does not depend on their number.
SHORT = edited(PRIMARY, lambda sheet: sheet.delete_rows(24, 892))
LAST_ROW = 33


def columns(sheet):
    return {cell.value: cell.column for cell in sheet[HEAD_ROW]}


def put(sheet, row, head, value):
    sheet.cell(row, columns(sheet)[head]).value = value


def seen(row, head):
    sheet = load_workbook(io.BytesIO(MESSY)).active
    return sheet.cell(row, columns(sheet)[head]).value


# The sample files


@pytest.fixture
def short(haitang, clerk):
    return take_in(haitang, SHORT, clerk)


@pytest.fixture
def messy(haitang, clerk):
    return take_in(haitang, MESSY, clerk)


def test_primary_gives_922_students_and_a_second_upload_changes_nothing(haitang, clerk):
    assert take_in(haitang, PRIMARY, clerk).state == State.APPLIED
    assert haitang.students.count() == 922
    deeds = Deed.objects.filter(thing="schools.Student").count()

    again = preview(haitang, PRIMARY, clerk)
    assert again.preview == {
        "school_year": 2026, "same": 922, "new": [], "changed": [], "moved": [], "left": [], "odd": [],
    }  # fmt: skip
    apply_roster(again, on=TODAY, by=clerk)
    assert Deed.objects.filter(thing="schools.Student").count() == deeds == 922


def test_messy_gives_52_students_and_a_second_upload_changes_nothing(haitang, clerk, messy):
    assert haitang.students.count() == 52
    again = preview(haitang, MESSY, clerk).preview
    assert (again["same"], again["new"], again["changed"], again["moved"], again["left"]) == (52, [], [], [], [])


REFUSED = {
    13: "1306946211”不是 11 位手机号（只有 10 位）",
    15: "监护人都没有电话",
    17: "学籍号与第 16 行（曹逸）相同，第 17 行（唐伟欣）没有导入",
    23: "2017/13/40”不是日期",
    29: "不是小学的班级",
    33: "姓名是公式",
}
SAID = {47: "与第 46 行完全相同，只算一名学生", 64: "不是学生，已跳过"}


@pytest.mark.parametrize("row", [*REFUSED, *SAID])
def test_odd_row_is_named_with_its_reason(messy, row):
    (odd,) = [odd for odd in messy.preview["odd"] if odd["row"] == row]
    assert {**REFUSED, **SAID}[row] in odd["say"]
    assert odd["weight"] == ("refuse" if row in REFUSED else "say")


def test_no_other_row_is_odd(messy):
    assert {odd["row"] for odd in messy.preview["odd"]} == {*REFUSED, *SAID}


@pytest.mark.parametrize("row", REFUSED)
def test_refused_row_is_not_in_the_register(messy, row):
    number, name = seen(row, "学籍号"), seen(row, "姓名")
    assert not Student.objects.filter(number=number, name=name).exists()


@pytest.mark.parametrize(
    ("row", "phone"),
    [(7, "17123120326"), (9, "13036465689"), (11, "15881064571")],
    ids=["full width", "dashes", "number"],
)
def test_phone_in_another_writing_is_the_same_number(messy, row, phone):
    first = Guardianship.objects.get(student__number=seen(row, "学籍号"), is_primary=True)
    assert first.person.phone == phone


@pytest.mark.parametrize(
    ("row", "field", "value"),
    [
        (19, "born_on", date(2017, 9, 1)),
        (21, "born_on", date(2016, 3, 5)),
        (31, "boards", False),
        (35, "name", "买买提·吐尔逊"),
        (37, "name", "龚䶮"),
        (39, "name", "董心"),
        (43, "is_registered_poor", True),
        (45, "sex", "M"),
    ],
)
def test_odd_writing_is_understood(messy, row, field, value):
    assert getattr(Student.objects.get(number=seen(row, "学籍号")), field) == value


@pytest.mark.parametrize(("row", "grade", "number"), [(25, 3, 2), (27, 5, 3)])
def test_class_in_another_writing_is_understood(messy, row, grade, number):
    school_class = Student.objects.get(number=seen(row, "学籍号")).school_class
    assert (school_class.school_year, school_class.grade, school_class.number) == (2026, grade, number)


def test_empty_row_goes_without_a_word(messy):
    assert 41 not in {odd["row"] for odd in messy.preview["odd"]}


def test_twice_the_same_student_is_one(messy):
    assert Student.objects.filter(number=seen(46, "学籍号")).count() == 1


def test_nothing_of_the_address_is_kept(messy):
    assert bytes(messy.file) == b""
    assert "育才路" not in str(messy.preview)


def test_preview_masks_phones(haitang, clerk, short):
    phone = Guardianship.objects.get(student__number="G21028120260000001", is_primary=True).person.phone
    sheet = edited(SHORT, lambda sheet: put(sheet, 4, "监护人1关系", "祖父"))
    words = str(preview(haitang, sheet, clerk).preview)
    assert "祖父" in words
    assert phone not in words


# What changes from one export to the next


def change_first(head, value):
    return edited(SHORT, lambda sheet: put(sheet, 4, head, value))


@pytest.mark.parametrize(
    ("head", "value", "change"),
    [
        ("姓名", "孟乐乐", {"word": "姓名", "old": "孟乐", "new": "孟乐乐"}),
        ("性别", "女", {"word": "性别", "old": "男", "new": "女"}),
        ("出生日期", "2019-07-23", {"word": "出生日期", "old": "2019-07-22", "new": "2019-07-23"}),
        ("是否孤儿", "是", {"word": "孤儿", "old": "否", "new": "是"}),
        ("监护人1电话", "15909960309", {
            "word": "监护人", "old": "父亲 贺伟 159****0308（第一联系人）", "new": "父亲 贺伟 159****0309（第一联系人）",
        }),
        ("监护人1关系", "舅舅", {
            "word": "监护人", "old": "父亲 贺伟 159****0308（第一联系人）", "new": "舅舅 贺伟 159****0308（第一联系人）",
        }),
    ],
)  # fmt: skip
def test_changed_child_is_shown_old_and_new_then_written(haitang, clerk, short, head, value, change):
    shown = preview(haitang, change_first(head, value), clerk)
    (changed,) = shown.preview["changed"]
    assert changed["changes"] == [change]
    assert shown.preview["same"] == 29

    apply_roster(shown, on=TODAY, by=clerk)
    again = preview(haitang, change_first(head, value), clerk)
    assert (again.preview["same"], again.preview["changed"]) == (30, [])


def test_new_phone_of_a_guardian_ends_the_right_of_the_old_one(haitang, clerk, short):
    take_in(haitang, change_first("监护人1电话", "15909960309"), clerk)
    old, new = (Guardianship.objects.get(person__phone=phone) for phone in ("15909960308", "15909960309"))
    assert (old.ended_on, new.ended_on, new.is_primary) == (TODAY, None, True)


def test_child_in_another_class_moves(haitang, clerk, short):
    shown = preview(haitang, change_first("班级", "2班"), clerk)
    (moved,) = shown.preview["moved"]
    assert (moved["old"], moved["school_class"]) == ("一(1)班", "一(2)班")
    apply_roster(shown, on=TODAY, by=clerk)
    assert str(Student.objects.get(number="G21028120260000001").school_class) == "一(2)班"


def test_child_lacking_in_the_sheet_leaves_only_when_ticked(haitang, clerk, short):
    partial = edited(SHORT, lambda sheet: sheet.delete_rows(4, 2))
    shown = preview(haitang, partial, clerk)
    first, second = shown.preview["left"]
    apply_roster(shown, on=TODAY, left=[first["id"]], by=clerk)
    assert Student.objects.get(pk=first["id"]).left_on == TODAY
    assert Student.objects.get(pk=second["id"]).left_on is None


def test_refused_row_does_not_count_as_left(haitang, clerk, short):
    assert preview(haitang, change_first("出生日期", "2019-13-01"), clerk).preview["left"] == []


def test_ticked_child_that_was_not_in_the_preview_stays(haitang, clerk, short):
    child = haitang.students.first()
    take_in(haitang, SHORT, clerk, left=[child.pk])
    assert Student.objects.get(pk=child.pk).left_on is None


def test_child_that_comes_back_is_enrolled_again(haitang, clerk, short):
    Student.objects.filter(number="G21028120260000001").update(left_on=TODAY)
    shown = preview(haitang, SHORT, clerk)
    assert shown.preview["changed"][0]["changes"] == [{"word": "在校情况", "old": "2026-09-02 离校", "new": "在校"}]
    apply_roster(shown, on=TODAY, by=clerk)
    assert Student.objects.get(number="G21028120260000001").left_on is None


def test_two_children_of_one_phone_share_the_person(haitang, clerk):
    def sibling(sheet):
        put(sheet, 5, "监护人1电话", "15909960308")
        put(sheet, 5, "监护人1姓名", "贺伟")

    take_in(haitang, edited(SHORT, sibling), clerk)
    father = Person.objects.get(phone="15909960308")
    assert father.guardianships.count() == 2
    assert not father.has_usable_password()


def test_other_name_for_a_known_phone_is_said_and_not_written_over(haitang, clerk):
    cast.make_person("贺大伟", phone="15909960308")
    shown = preview(haitang, SHORT, clerk)
    (odd,) = shown.preview["odd"]
    assert (odd["row"], odd["weight"]) == (4, "say")
    assert "159****0308 系统里已登记为“贺大伟”" in odd["say"]
    apply_roster(shown, on=TODAY, by=clerk)
    assert Person.objects.get(phone="15909960308").name == "贺大伟"


def test_guardian_lacking_in_the_sheet_stays(haitang, clerk, short):
    def without_mother(sheet):
        for head in ("监护人2姓名", "监护人2关系", "监护人2电话"):
            put(sheet, 4, head, None)

    assert preview(haitang, edited(SHORT, without_mother), clerk).preview["same"] == 30


def test_next_school_year_moves_every_child_up(haitang, clerk, short):
    def promote(sheet):
        sheet.cell(2, 1).value = "学年：2027-2028学年"
        for row in range(4, LAST_ROW + 1):
            grade = sheet.cell(row, columns(sheet)["年级"])
            grade.value = f"{'零一二三四五六'.index(grade.value[0]) + 1}年级"

    shown = preview(haitang, edited(SHORT, promote), clerk)
    graduates = haitang.students.filter(school_class__grade=6).count()
    assert len(shown.preview["moved"]) == 30 - graduates
    assert shown.preview["moved"][0]["old"] == "一(1)班（2026学年）"
    assert sum(odd["weight"] == "refuse" for odd in shown.preview["odd"]) == graduates
    assert shown.preview["left"] == []


# Files nobody can read, and clerks who press twice


def without_column(head):
    return edited(SHORT, lambda sheet: sheet.delete_cols(columns(sheet)[head]))


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"not a sheet", "不是 .xlsx 文件"),
        (b"\xd0\xcf\x11\xe0" + b"\0" * 600, "旧格式 .xls"),
        (without_column("学籍号"), "没有找到这些列：学籍号"),
        (edited(SHORT, lambda sheet: sheet.delete_rows(1, 3)), "没有找到这些列：学籍号、姓名"),
    ],
    ids=["text", "xls", "no number column", "no header"],
)
def test_bad_file_says_why_and_changes_nothing(haitang, clerk, data, why):
    roster_import = preview(haitang, data, clerk)
    assert roster_import.state == State.FAILED
    assert why in roster_import.preview["error"]
    with pytest.raises(RuleBroken):
        apply_roster(roster_import, on=TODAY, by=clerk)
    assert not Student.objects.exists()


def test_jobs_read_and_apply(haitang, clerk, django_capture_on_commit_callbacks):
    roster_import = upload_roster(haitang, "学籍.xlsx", MESSY, by=clerk)
    run_waiting()
    begin_applying(RosterImport.objects.get(pk=roster_import.pk), on=TODAY, by=clerk)
    run_waiting()
    assert RosterImport.objects.get(pk=roster_import.pk).state == State.APPLIED
    assert {job.state for job in Job.objects.all()} == {Job.State.DONE}
    assert haitang.students.count() == 52


def test_pressing_twice_applies_once(haitang, clerk):
    shown = preview(haitang, MESSY, clerk)
    begin_applying(shown, on=TODAY, by=clerk)
    with pytest.raises(RuleBroken, match="正在导入"):
        begin_applying(shown, on=TODAY, by=clerk)


def test_register_that_changed_since_the_preview_sends_it_back(haitang, clerk, short):
    shown = preview(haitang, change_first("姓名", "孟乐乐"), clerk)
    Student.objects.filter(number="G21028120260000001").update(name="孟小乐")
    applied = apply_roster(shown, on=TODAY, by=clerk)
    assert applied.state == State.PREVIEW
    assert applied.preview["changed"][0]["changes"] == [{"word": "姓名", "old": "孟小乐", "new": "孟乐乐"}]
    assert Student.objects.get(number="G21028120260000001").name == "孟小乐"


def test_job_leads_back_to_the_new_preview(haitang, clerk, short):
    shown = preview(haitang, change_first("姓名", "孟乐乐"), clerk)
    begin_applying(shown, on=TODAY, by=clerk)
    Student.objects.filter(number="G21028120260000001").update(name="孟小乐")
    run_waiting()
    assert Job.objects.get(kind="schools.apply_roster").result["url"].endswith(f"/rosters/{shown.pk}/?anew=1")


def test_new_upload_replaces_the_one_that_waits(haitang, clerk):
    first = preview(haitang, SHORT, clerk)
    upload_roster(haitang, "学籍2.xlsx", MESSY, by=clerk)
    first.refresh_from_db()
    assert (first.state, bytes(first.file), first.preview) == (State.REPLACED, b"", {})
    with pytest.raises(RuleBroken, match="已换新文件"):
        apply_roster(first, on=TODAY, by=clerk)


def test_number_known_at_another_school_is_another_student(haitang, lanting, clerk, short):
    lanting.stage = "primary"
    lanting.save()
    take_in(lanting, SHORT, clerk)
    assert Student.objects.count() == 60
    assert SchoolClass.objects.filter(school=lanting).count() == SchoolClass.objects.filter(school=haitang).count()


def test_statements_do_not_grow_with_the_sheet(d_bureau, clerk):
    counts = set()
    for place, rows in enumerate((3, 300)):
        school = cast.make_school(d_bureau, f"第{place}小学")
        with CaptureQueriesContext(connection) as seen_queries:
            take_in(school, edited(PRIMARY, lambda sheet, rows=rows: sheet.delete_rows(4 + rows, 2000)), clerk)
        counts.add(len(seen_queries))
    assert len(counts) == 1
