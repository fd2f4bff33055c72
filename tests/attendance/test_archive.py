"""台账: what was put in comes out again, cell by cell and page by page, and what is missing is named."""

import io
from datetime import date, time
from hashlib import sha256

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from openpyxl import load_workbook
from pypdf import PdfReader

from afterschool.access.capabilities import Role
from afterschool.audit.models import Deed
from afterschool.errors import RuleBroken
from afterschool.jobs.book import run_waiting
from afterschool.xlsx import Column, Sheet
from attendance.actions import take_roll
from attendance.actions.archive import make_archive
from attendance.archive import paper as press
from attendance.archive.books import Books
from attendance.archive.gaps import gaps
from attendance.archive.record import plain
from attendance.archive.records import nine_records
from attendance.archive.spells import spell_asked, spell_of
from attendance.models import (
    Archive,
    GateEntry,
    LateStay,
    Patrol,
    Session,
)
from enrollment.models import Section
from staffing.models import Duty
from tests import cast
from tests.attendance.archived import LACKING, expected, written
from tests.attendance.town import THURSDAY, at, build

FRIDAY = date(2026, 10, 16)
EVENING = at(19, 0, FRIDAY)
OCTOBER = spell_of(date(2026, 10, 1), date(2026, 10, 31))
DAY = spell_of(THURSDAY, THURSDAY)


@pytest.fixture
def full(haitang, term):
    return written(haitang, term)


def made(town, spell, now=EVENING) -> Archive:
    return make_archive(town.school, spell, now=now, by=town.by_leader)


@pytest.fixture
def undrawn(monkeypatch):
    """Where only the rows matter: to draw takes a second."""
    monkeypatch.setattr("attendance.actions.archive.paper", lambda *_: b"%PDF")


def sheets_of(archive) -> dict[str, list[tuple]]:
    """Every cell below the titles of each sheet; nothing as ''."""
    found = {}
    for page in load_workbook(io.BytesIO(archive.xlsx)):
        rows = [tuple("" if cell is None else cell for cell in row) for row in page.iter_rows(values_only=True)]
        titles = int(page.freeze_panes[1:]) - 2
        found[page.title] = rows[titles:]
    return found


def test_workbook_holds_every_cell_that_was_written(full, undrawn):
    archive = made(full, OCTOBER)

    sheets, wanted = sheets_of(archive), expected(full)
    index = sheets.pop("目录")
    assert list(sheets) == list(wanted)
    for name, rows in wanted.items():
        assert sheets[name] == rows, name
    assert index[0] == ("序号", "记录", "表", "条数")
    totals = {name: 1 for name in wanted if sheets[name][-1][0] == "合计"}
    assert {row[2]: row[3] for row in index[1:]} == {
        name: len(rows) - 1 - totals.get(name, 0) for name, rows in wanted.items()
    }
    assert {row[0] for row in index[1:]} == {*range(1, 10), ""}
    assert archive.gaps == LACKING
    assert archive.xlsx_sha256 == sha256(archive.xlsx).hexdigest()


def test_workbook_is_set_up_for_paper_and_computes_nothing(full, undrawn):
    for page in load_workbook(io.BytesIO(made(full, OCTOBER).xlsx)):
        assert page["A1"].value == f"海棠路小学　2026年10月　课后服务工作台账　{page.title}"
        assert (page.page_setup.paperSize, page.page_setup.orientation) == (9, "landscape")
        head = int(page.freeze_panes[1:]) - 1
        assert page.auto_filter.ref.startswith(f"A{head}:") and page.print_title_rows == f"${head}:${head}"
        assert all(cell.data_type != "f" for row in page.iter_rows() for cell in row)


def test_paper_says_the_same_and_its_contents_name_the_pages(full, monkeypatch):
    """Drawn in several parts, as a long one is."""
    monkeypatch.setattr(press, "HEAVIEST", 500)
    drawn = []

    archive = make_archive(full.school, OCTOBER, now=EVENING, by=full.by_leader, progress=lambda *at: drawn.append(at))

    reader, records = PdfReader(io.BytesIO(archive.pdf)), nine_records(books(full, OCTOBER))
    pages = ["".join(page.extract_text().split()) for page in reader.pages]
    assert len(drawn) > 2 and drawn[-1][0] == drawn[-1][1] - 1
    assert archive.pdf_sha256 == sha256(archive.pdf).hexdigest()
    assert archive.xlsx_sha256 in pages[0] and "缺项12条" in pages[0] and "五(二)5" in pages[0]
    for number, page in enumerate(pages, 1):
        assert page.endswith(f"{number}/{len(pages)}") and "海棠路小学2026年10月" in page
    chapters = {"缺项": "缺项12"} | {press.title_of(record): record.size.replace(" ", "") for record in records}
    starts = [reader.get_destination_page_number(one) + 1 for one in reader.outline]
    assert [one.title for one in reader.outline] == list(chapters)
    assert starts == sorted(set(starts)) and starts[0] == 3
    for (chapter, size), begin, after in zip(chapters.items(), starts, [*starts[1:], len(pages) + 1], strict=True):
        assert f"{chapter}{size}{begin}" in pages[1]
        assert chapter in pages[begin - 1]
        assert "日期" in pages[after - 2] or chapter == "缺项"  # the lines to sign on close the chapter
    whole = "".join(pages)
    for rows in expected(full).values():
        for row in rows[1:]:
            for cell in row:
                if isinstance(cell, str) and cell != "合计":
                    said = "".join(cell.replace("\U0001f600", "〔U+1F600〕").split())
                    assert said in whole or said in UNPRINTED, said


UNPRINTED = {"2026年10月", "接走", "当面认人", "第一批"}  # of the workbook alone


def books(town, spell) -> Books:
    return Books(town.school, spell.first, spell.last)


def test_same_rows_give_the_same_archive_and_others_another(full, undrawn):
    one = made(full, OCTOBER)

    assert made(full, OCTOBER, now=at(20, 0, FRIDAY)) == one
    assert [deed.verb for deed in Deed.objects.filter(thing="attendance.Archive")] == ["made"]
    Patrol.objects.update(note="窗户修好了")
    other = made(full, OCTOBER)
    assert other != one and other.xlsx_sha256 != one.xlsx_sha256
    assert Archive.objects.count() == 2


def test_day_names_each_child_on_paper(full):
    """One line a section, with those who were not there; a line for each child that left."""
    attended, left = nine_records(books(full, DAY))[1:3]

    assert [row[:7] for row in attended.tables[0].rows] == [
        ["三(2)班", "15:40–17:30", "3", "1", "学生01", "学生02△、学生03×", "15:46 王静"],
        ["篮球", "16:30–17:30", "1", "1", "学生01☆", "", "16:35 赵立新"],
    ]
    assert left.tables[0].rows == [
        ["1", "10月15日", "三(2)班", "学生01", "17:42", "接走", "学生01妈妈", "母亲", "当面认人", "王静", "", "第一批",
         "晚接：赵立新在值班室看护，17:40起"]
    ]  # fmt: skip


def test_what_is_missing_is_named_a_day_and_kind(haitang, term):
    """Nothing was done but to open the day and to let two of three children in."""
    town = build(haitang, term)
    second = Section.objects.create(
        school=haitang, term=term, offering=town.offering, school_class=cast.make_class(haitang, 3, 3), name="三(3)班"
    )
    town.seat(cast.make_student(second.school_class, "王五", guardian=cast.make_person("王五妈妈")), section=second)
    town.open()
    Duty.objects.filter(person=town.leader).update(role=Duty.Role.ASSISTANT)
    take_roll(town.session, exceptions={town.children[0].pk: "absent"}, now=at(15, 50), by=town.by_teacher)
    town.session.marks.filter(student=town.children[1]).delete()
    Duty.objects.filter(person=town.teacher).update(arrived_at=at(15, 30), left_at=at(17, 30))
    GateEntry.objects.create(
        school=haitang, day=THURSDAY, kind="visitor", name="李某", purpose="送材料", in_at=at(16), by=town.teacher
    )

    assert gaps(books(town, DAY), FRIDAY) == [
        "10月15日 三(3)班没有点名",
        "10月15日 三(2)班、三(3)班没有记服务内容",
        "10月15日 三(2)班有 1 名学生没有点名",
        "10月15日 三(2)班有 1 名缺勤学生没有联系记录",
        "10月15日 三(2)班有 1 名出勤学生没有离校记录",
        "10月15日 没有清零签字",
        "10月15日 没有巡查记录",
        "10月15日 没有带班领导",
        "10月15日 三(3)班没有值班教师",
        "10月15日 赵立新没有到岗记录",
        "10月15日 王静的时间没有确认",
        "10月15日 有 1 条门卫登记没有离校时间（来访人）",
        "没有应急预案",
    ]
    assert gaps(books(town, DAY), THURSDAY.replace(day=14)) == ["没有应急预案"], "what is still to come is not missing"
    type(town.offering).objects.update(slot="noon")
    assert not [line for line in gaps(books(town, DAY), FRIDAY) if "学生没有离校" in line], (
        "after noon they go back to lessons"
    )


def test_a_call_stays_on_record_when_the_mark_is_mended(full):
    third = full.children[2]
    full.session.marks.filter(student=third).update(status="late")

    absences = nine_records(books(full, DAY))[1].sheets[2]

    assert absences.rows[-1][3:6] == ["学生03", "迟到", "先记缺勤，后来更正"] and absences.rows[-1][-1] == "王静"


def test_late_care_says_who_kept_whom_and_what_became_of_it(full):
    stay = LateStay.objects.get()
    LateStay.objects.update(ended_at=at(17, 41))
    again = {"school": full.school, "day": THURSDAY, "by": full.leader, "keeper": full.teacher}
    LateStay.objects.create(**again, student=stay.student, place="门卫室", began_at=at(17, 41))
    other = full.children[1]
    full.session.marks.filter(student=other).update(status="present")
    LateStay.objects.create(**again, student=other, place="图书室", began_at=at(17, 50))

    rows = nine_records(books(full, DAY))[2].sheets[1].rows

    assert [row[3:5] + row[6:] for row in rows] == [
        ["学生01", "赵立新", time(17, 40), time(17, 41), "改由 王静 看护"],
        ["学生01", "王静", time(17, 41), time(17, 42), "已交接"],
        ["学生02", "王静", time(17, 50), None, "还在看护中"],
    ]
    assert "10月15日 三(2)班有 1 名学生还在看护中，没有离校记录" in gaps(books(full, DAY), FRIDAY)
    assert not [line for line in gaps(books(full, DAY), FRIDAY) if "出勤学生没有离校" in line]


def test_workbook_names_each_class_that_lacks_something_and_the_page_the_first(full):
    for number in range(9):
        Session.objects.create(
            school=full.school, day=FRIDAY, starts_at=time(15, 40), ends_at=time(17, 30),
            section=(one := Section.objects.create(
                school=full.school, term=full.term, offering=full.offering, name=f"社团{number}"
            )),
        )  # fmt: skip
        full.add_child(f"社员{number}", section=one)

    def untaken(**more):
        [line] = [line for line in gaps(books(full, OCTOBER), FRIDAY, **more) if "没有点名" in line]
        return line

    assert untaken().endswith("社团7等 9 个班没有点名")
    assert untaken(whole=True).endswith("社团7、社团8没有点名")


def test_number_of_queries_does_not_grow_with_children_and_days(full):
    def asked(spell):
        with CaptureQueriesContext(connection) as queries:
            gaps(made_of := books(full, spell), FRIDAY)
            nine_records(made_of)
        return len(queries)

    few = asked(OCTOBER)
    for number in range(4):
        child = full.add_child(f"后来{number}")
        GateEntry.objects.create(
            school=full.school,
            day=FRIDAY,
            kind="visitor",
            name=child.name,
            purpose="开会",
            in_at=at(16),
            by=full.leader,
        )
    Session.objects.create(
        school=full.school, section=full.section, day=FRIDAY, starts_at=time(15, 40), ends_at=time(17, 30)
    )
    assert asked(OCTOBER) == few < 45


def test_heavy_tables_are_cut_and_lose_no_row(monkeypatch):
    monkeypatch.setattr(press, "HEAVIEST", 20)
    rows = [[number, "甲" * 100] for number in range(31)]
    record = plain(7, "巡查", ("校长",), Sheet("7 巡查", [Column("序号", "int"), Column("情况")], rows))

    pieces = list(press._pieces("巡查", record.tables, "", record.signers))

    assert len(pieces) == 7 and all(press._of_piece(piece) <= 24 for piece in pieces)
    assert [row[0] for piece in pieces for table in piece.tables for row in table.rows] == [str(n) for n in range(31)]
    assert [piece.is_first for piece in pieces] == [True, *[False] * 6]
    assert [bool(piece.signers) for piece in pieces] == [*[False] * 6, True]


@pytest.mark.parametrize(
    ("first", "last", "words"),
    [
        (None, THURSDAY, "请写明从哪一天到哪一天"),
        (FRIDAY, THURSDAY, "请写明从哪一天到哪一天"),
        (date(2026, 10, 17), date(2026, 10, 18), "10月17日还没有到"),
        (date(2026, 1, 1), FRIDAY, "一次最多做一个学期的台账"),
    ],
)
def test_days_that_cannot_be_archived_are_refused(haitang, first, last, words):
    with pytest.raises(RuleBroken, match=words):
        spell_asked(haitang, first, last, FRIDAY)


def test_spells_have_the_names_people_know(haitang, term):
    def name(first, last):
        return spell_asked(haitang, first, last, FRIDAY).name

    assert name(THURSDAY, THURSDAY) == "2026年10月15日"
    assert name(date(2026, 10, 1), date(2026, 10, 31)) == "2026年10月"
    assert name(term.began_on, term.ended_on) == "2026年秋季学期"
    assert name(date(2026, 9, 7), date(2026, 9, 11)) == "2026年9月7日至9月11日"


def test_one_press_makes_it_and_each_file_taken_out_is_on_record(full, undrawn, client, monkeypatch):
    monkeypatch.setattr("django.utils.timezone.now", lambda: EVENING)
    person = cast.make_person("办公室", Role.SCHOOL_ADMIN, full.school)
    client.force_login(person)
    page = client.get("/attendance/archive/").content.decode()
    assert all(
        f'value="{days}"' in page
        for days in ("2026-10-15/2026-10-15", "2026-10-01/2026-10-31", "2026-09-01/2027-01-22")
    )

    waiting = client.post("/attendance/archive/make/", {"days": "2026-10-01/2026-10-31"})
    assert run_waiting() == 1

    archive = Archive.objects.get()
    shown = client.get(waiting.url, follow=True).content.decode()
    assert archive.made_by == person and archive.pdf_sha256 in shown and archive.xlsx_sha256 in shown
    assert all(gap in shown for gap in LACKING)
    for kind, content in (("pdf", archive.pdf), ("xlsx", archive.xlsx)):
        answer = client.post(f"/attendance/archive/{archive.pk}/{kind}/")
        assert answer.content == bytes(content) and "attachment" in answer["Content-Disposition"]
        deed = Deed.objects.filter(verb="took_out").latest("pk")
        assert (deed.person_id, deed.facts["file"], deed.facts["pdf"]) == (person.pk, kind, archive.pdf_sha256)


def test_days_to_come_are_refused_on_the_page(full, client, monkeypatch):
    monkeypatch.setattr("django.utils.timezone.now", lambda: EVENING)
    client.force_login(full.leader)

    answer = client.post("/attendance/archive/make/", {"first": "2026-11-01", "last": "2026-11-30"}, follow=True)

    assert "11月1日还没有到" in answer.content.decode()
    assert run_waiting() == 0
