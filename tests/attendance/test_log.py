"""服务内容 and its photos."""

from datetime import timedelta
from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from PIL import Image

from afterschool import pictures
from afterschool.access.capabilities import Role
from afterschool.audit.models import Deed
from afterschool.errors import RuleBroken
from afterschool.notices.models import Notice
from attendance.actions import close_day, open_day, take_roll
from attendance.actions.log import write_log
from attendance.actions.photos import add_photo
from attendance.models import Session, SessionPhoto
from attendance.selectors.log import last_logged, log_lines
from enrollment.models import Section
from tests import cast
from tests.attendance.town import THURSDAY, at
from tests.pictures import GPS, picture

FRIDAY = THURSDAY + timedelta(days=1)


def log(town, activity="reading", content="读《昆虫记》", **more):
    return write_log(town.session, activity=activity, content=content, now=at(17), by=town.by_teacher, **more)


def everybody_absent_and_signed(town):
    absent = {child.pk: "absent" for child in town.children}
    take_roll(town.session, exceptions=absent, now=at(15, 46), by=town.by_teacher)
    still = "3 个没到的孩子没有联系上家长"
    close_day(town.school, day=THURSDAY, despite=still, now=at(17, 40), by=town.by_leader)


def test_log_is_written_and_changed_until_the_day_is_signed(town):
    log(town)
    session = log(town, "sports", "跳绳")
    assert (session.get_activity_display(), session.content, session.logged_by) == ("体育锻炼", "跳绳", town.teacher)
    log(town, "sports", "跳绳")
    assert Deed.objects.filter(verb="logged").count() == 2

    everybody_absent_and_signed(town)
    with pytest.raises(RuleBroken, match="写明原因"):
        log(town, "sports", "跳绳、踢毽子")
    log(town, "sports", "跳绳、踢毽子", reason="漏写了")
    was = Deed.objects.filter(verb="logged").latest("pk").facts
    assert (was["was"]["content"], was["reason"]) == ("跳绳", "漏写了")


def test_log_that_was_forgotten_may_be_written_after_the_day_is_signed(town):
    everybody_absent_and_signed(town)
    assert log(town).logged_at


def test_log_new_lessons_are_nothing_to_choose(town, client):
    for activity in ("讲新课", "lesson", ""):
        with pytest.raises(RuleBroken, match="请选"):
            log(town, activity)
    client.force_login(town.leader)
    page = client.post(reverse("attendance:log", args=[town.session.pk]), {"activity": "new_lesson"})
    assert page.status_code == 422
    assert town.session.logged_at is None


def test_log_of_a_day_to_come_is_refused(town):
    with pytest.raises(RuleBroken, match="还没到日子"):
        write_log(
            town.session,
            activity="reading",
            content="",
            now=at(17, day=THURSDAY - timedelta(days=1)),
            by=town.by_leader,
        )


def test_log_that_sounds_like_a_new_lesson_is_kept_flagged_and_told(town, client, monkeypatch):
    assert log(town, content="上新课，赶进度").content_flag == "上新课、赶进度"
    log(town, content="上新课，赶进度。")
    told = Notice.objects.get(kind="content_flagged")
    assert told.to == town.leader and "上新课、赶进度" in told.title

    monkeypatch.setattr("django.utils.timezone.now", lambda: at(17, 10))
    client.force_login(town.leader)
    for address in (reverse("attendance:logs"), reverse("attendance:log", args=[town.session.pk])):
        page = client.get(address).content.decode()
        assert "上新课、赶进度" in page and "四部门通知 三" in page
    assert log(town, content="复习旧课").content_flag == ""


def test_log_offers_what_the_section_did_last(town):
    log(town, "reading", "读《昆虫记》")
    open_day(town.school, day=FRIDAY, by=town.by_leader)
    friday = town.school.sessions.get(day=FRIDAY)
    assert (last_logged(friday).activity, last_logged(friday).content) == ("reading", "读《昆虫记》")
    log(town, "homework", "上新课")
    assert last_logged(friday) is None


def test_logs_of_a_day_cost_the_same_however_many_sessions(town):
    def asked():
        with CaptureQueriesContext(
            connection,
        ) as queries:
            lines = log_lines(town.school, THURSDAY, town.by_leader.reach_as([Role.LEADER]))
        return len(lines), len(queries)

    log(town, content="上新课")
    (few, queries) = asked()
    for number in range(4):
        section = Section.objects.create(
            school=town.school, term=town.term, offering=town.offering, name=f"社团{number}", room="操场"
        )
        more = Session.objects.create(
            school=town.school,
            section=section,
            day=THURSDAY,
            starts_at=town.session.starts_at,
            ends_at=town.session.ends_at,
        )
        write_log(more, activity="club", content="上新课", now=at(17), by=town.by_leader)
    assert asked() == (few + 4, queries)


# ---------------------------------------------------------------- photos


@pytest.fixture
def small(monkeypatch):
    """Limits that a test reaches with small pictures."""
    monkeypatch.setattr(pictures, "MOST_PIXELS", 200_000)
    monkeypatch.setattr(pictures, "MOST_BYTES", 50_000)


def drawn(data: bytes) -> Image.Image:
    return Image.open(BytesIO(pictures.small_jpeg(BytesIO(data), len(data), longest=100)))


@pytest.mark.parametrize("kind", ["JPEG", "PNG"])
def test_photo_is_a_small_jpeg_of_nothing_but_pixels(small, kind):
    data = picture(400, 300, kind)
    assert b"SECRET" in data and Image.open(BytesIO(data)).getexif().get_ifd(GPS)
    kept = pictures.small_jpeg(BytesIO(data), len(data), longest=100)
    image = Image.open(BytesIO(kept))
    assert (image.format, image.size) == ("JPEG", (100, 75))
    assert not image.getexif() and "exif" not in image.info and "comment" not in image.info
    assert b"SECRET" not in kept and b"Exif" not in kept


def test_photo_stands_upright_without_its_metadata(small):
    image = drawn(picture(400, 300, orientation=6))  # taken with the telephone turned
    assert image.size == (75, 100)
    top, bottom = image.getpixel((37, 5)), image.getpixel((37, 95))
    assert top[0] > 200 > top[2] and bottom[2] > 200 > bottom[0]


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"", "不是能用的照片"),
        (b"<svg onload=alert(1)>", "不是能用的照片"),
        (b"%PDF-1.7", "不是能用的照片"),
        (picture(400, 300)[:600], "不是能用的照片"),
        (picture(400, 300, "GIF"), "不是能用的照片"),
        (picture(500, 500), "尺寸太大"),
        (b"\xff\xd8\xff" + b"0" * 60_000, "不能大于"),
    ],
    ids=["empty", "svg", "pdf", "cut off", "gif", "bomb", "heavy"],
)  # fmt: skip
def test_photo_that_is_none_is_refused(small, data, says):
    with pytest.raises(RuleBroken, match=says):
        drawn(data)


def test_photo_bomb_is_refused_before_it_is_unfolded(monkeypatch):
    monkeypatch.setattr("PIL.ImageFile.ImageFile.load", lambda image: pytest.fail("unfolded"))
    with pytest.raises(RuleBroken, match="尺寸太大"):
        drawn(picture_head(9_000, 9_000))


def picture_head(width: int, height: int) -> bytes:
    """A JPEG that says it is so big."""
    data = bytearray(picture(40, 30))
    size = data.index(b"\xff\xc0") + 5
    data[size : size + 4] = height.to_bytes(2) + width.to_bytes(2)
    return bytes(data)


@pytest.fixture
def teacher_page(town, client, monkeypatch):
    monkeypatch.setattr("django.utils.timezone.now", lambda: at(16))
    client.force_login(town.teacher)
    return reverse("attendance:log-photo-add", args=[town.session.pk])


def sent(client, address, **more):
    form = {"image": SimpleUploadedFile("操场.jpg", picture(40, 30)), "place": "操场", "without_faces": "on"} | more
    return client.post(address, {name: value for name, value in form.items() if value})


def test_photo_is_kept_once_and_shown_to_those_who_may_see_the_session(town, client, teacher_page):
    assert [sent(client, teacher_page).status_code for _ in range(2)] == [302, 302]
    photo = SessionPhoto.objects.get()
    answer = client.get(reverse("attendance:photo", args=[photo.pk]))
    assert (answer["Content-Type"], answer["X-Content-Type-Options"]) == ("image/jpeg", "nosniff")
    assert "no-store" in answer["Cache-Control"] and answer.content == bytes(photo.image)

    other = cast.make_person("别班老师", Role.TEACHER, town.school)
    client.force_login(other)
    assert client.get(reverse("attendance:photo", args=[photo.pk])).status_code == 404
    client.force_login(town.mothers[0])
    assert client.get(reverse("attendance:photo", args=[photo.pk])).status_code == 403


@pytest.mark.parametrize(
    ("more", "says"),
    [
        ({"without_faces": ""}, "看不清人脸"),
        ({"place": ""}, "这一项还没填"),
        ({"image": SimpleUploadedFile("照片.jpg", b"MZ not a picture")}, "不是能用的照片"),
    ],
    ids=["faces", "nowhere", "no picture"],
)
def test_photo_refused_is_said_at_its_field(town, client, teacher_page, more, says):
    answer = sent(client, teacher_page, **more)
    assert answer.status_code == 422 and says in answer.content.decode()
    assert not SessionPhoto.objects.exists()


def test_photo_nobody_vouches_for_is_kept_by_no_way(town):
    photo = {"image": b"jpeg", "place": "操场", "without_faces": False}
    with pytest.raises(RuleBroken, match="看不清人脸"):
        add_photo(town.session, **photo, now=at(16), by=town.by_teacher)
    row = {"school": town.school, "session": town.session, "sha256": "0" * 64, "added_at": at(16)}
    with pytest.raises(IntegrityError), transaction.atomic():
        SessionPhoto.objects.create(**photo, **row, added_by=town.teacher)


def test_photo_taken_away_is_gone_and_on_record(town, client, teacher_page):
    sent(client, teacher_page)
    photo = SessionPhoto.objects.get()
    client.force_login(town.leader)
    assert client.post(reverse("attendance:photo-remove", args=[photo.pk])).status_code == 302
    assert not SessionPhoto.objects.exists()
    removed = Deed.objects.get(verb="removed_photo")
    assert (removed.person_id, removed.facts["sha256"]) == (town.leader.pk, photo.sha256)


def test_photos_of_one_session_are_few(town):
    for number in range(6):
        add_photo(town.session, image=b"%d" % number, place="操场", without_faces=True, now=at(16), by=town.by_teacher)
    with pytest.raises(RuleBroken, match="最多 6 张"):
        add_photo(town.session, image=b"more", place="操场", without_faces=True, now=at(16), by=town.by_teacher)
