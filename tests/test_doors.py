"""Every door of the site: who may pass, at which distance, with which answer; and whoever is refused changes nothing.

`doors.toml` is the table; this file walks the routes and asks at each of them.
"""

import re
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from http.cookies import SimpleCookie
from pathlib import Path
from types import SimpleNamespace

import pytest
from django.apps import apps
from django.conf import settings
from django.db import connection, transaction
from django.test import Client
from django.urls import get_resolver, reverse

from afterschool.access.capabilities import Role
from afterschool.access.checks import doors
from afterschool.access.models import Session
from afterschool.schools.models import Guardianship, Post
from enrollment.models import Application, PickupPerson, PickupRestriction
from tests import cast
from tests.billing.wechat.gateway import write_merchant
from tests.doors.given import GIVEN
from tests.doors.town import THURSDAY, Corner, at, build
from tests.doors.wishes import ADDRESS, BODY, ONLY_ASKS, PERSONAL

pytestmark = pytest.mark.django_db
TABLE = tomllib.loads((Path(__file__).parent / "doors.toml").read_text())
ROLES = [Role[name] for name in TABLE["columns"].values()]
DISTANCES = ("own", "same", "other", "bureau")
PASSES = "+>"
ANSWERS = {".": 403, "-": 404, "x": 422, ">": 302}
# Whose children nobody in this role ever reads of.
OF_NO_CONCERN = dict.fromkeys(ROLES, ("other", "bureau")) | {
    Role.GUARDIAN: DISTANCES[1:], Role.CLASS_TEACHER: DISTANCES[1:], Role.TEACHER: DISTANCES[1:],
    Role.BUREAU_REVIEWER: ("bureau",), Role.BUREAU_FINANCE: ("bureau",), Role.BUREAU_KEEPER: ("bureau",),
}  # fmt: skip
PATHS = {name: path for path, name, _ in doors(get_resolver().url_patterns)}
NOT_OURS = {"django.contrib.auth", "django.contrib.contenttypes", "axes"}
OURS = [model for model in apps.get_models() if model._meta.app_config.name not in NOT_OURS and model is not Session]
TABLES = [model._meta.db_table for model in OURS]
# Kept: to build the stack of middleware takes longer than most answers.
CLIENT, STRICT_CLIENT = Client(), Client(enforce_csrf_checks=True)


@dataclass(frozen=True)
class Door:
    """A line of the table: a route with a method, what it leads to, the answer to those who pass, the marks."""

    name: str
    thing: str
    answer: int
    cells: dict[Role, str]

    @property
    def route(self) -> str:
        return self.name.split()[0]

    @property
    def method(self) -> str:
        return self.name.split()[1]

    @property
    def distances(self) -> tuple[str, ...]:
        return DISTANCES[:1] if self.thing == "-" else DISTANCES

    def mark(self, role: Role, distance: str) -> str:
        cell = self.cells[role]
        return cell if len(cell) == 1 else cell[DISTANCES.index(distance)]

    def asking(self, distance: str) -> list[Role]:
        """Who holds the right nowhere is refused before the thing is looked up: asked nearest and farthest only."""
        return [role for role in ROLES if self.cells[role] != "." or distance in ("own", "bureau")]

    def passing(self) -> list[Role]:
        """Those who pass where it is their own."""
        return [role for role in ROLES if self.mark(role, "own") in PASSES]

    def address(self, corner: Corner, person) -> str:
        if self.route in ADDRESS:
            return reverse(self.route, args=ADDRESS[self.route](corner))
        if "<" not in PATHS[self.route]:
            return reverse(self.route)
        thing = PERSONAL[self.thing](corner, person) if self.thing in PERSONAL else getattr(corner, self.thing)
        return reverse(self.route, args=[thing.pk])


def read_door(name: str, line: str) -> Door:
    thing, answer, *cells = line.split()
    return Door(name, thing, int(answer), dict(zip(ROLES, cells, strict=True)))


DOORS = [read_door(name, line) for name, line in TABLE["doors"].items()]
LINES = {*TABLE["public"], *TABLE["doors"]}


@contextmanager
def rolled_back() -> Iterator[None]:
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


@pytest.fixture(scope="module")
def town(django_db_setup, django_db_blocker, tmp_path_factory):
    """Built once, in a transaction that is never committed; everybody has signed in."""
    with pytest.MonkeyPatch.context() as patch, django_db_blocker.unblock(), rolled_back():
        patch.setattr("django.utils.timezone.now", lambda: at(17, 42))
        patch.setattr("afterschool.press.press", lambda html: b"%PDF")  # who may read, not how it is drawn
        patch.setattr("afterschool.health.survey", dict)
        corners, people = build()
        schools = {corner.school for corner in corners.values()}
        folder = write_merchant(tmp_path_factory.mktemp("wechat"), *schools, url="http://127.0.0.1:9")  # nobody answers
        patch.setattr(settings, "WECHAT_PAY_FOLDER", folder)
        yield SimpleNamespace(corners=corners, people=people, cookies={role: sign_in(people[role]) for role in people})


def sign_in(person) -> str:
    """The cookies of somebody who has just signed in."""
    client = Client()
    client.force_login(person)
    return client.cookies.output(header="", sep=";")


def rows() -> dict[str, tuple]:
    """How many rows each table holds, and a sum over what they say."""
    each = [f"SELECT '{table}', count(*), sum(hashtext(t::text)) FROM {table} t" for table in TABLES]
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(each))
        return {table: (count, said) for table, count, said in cursor.fetchall()}


def written() -> int:
    """How many rows were written so far, also such as were taken back: whoever adds none to it has changed nothing."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT sum(n_tup_ins + n_tup_upd + n_tup_del) FROM pg_stat_xact_user_tables")
        return cursor.fetchone()[0]


@contextmanager
def standing(door: Door, corner: Corner) -> Iterator[None]:
    """Things stand so that whoever may pass succeeds; afterwards as before."""
    with rolled_back():
        GIVEN.get(door.name, lambda corner: None)(corner)
        yield


def ask(town, door: Door, corner: Corner, role: Role | None, client: Client = CLIENT):
    """Knock as somebody in this role, or as a stranger."""
    client.cookies = SimpleCookie(town.cookies[role] if role else "")
    person = town.people[role] if role else corner.mother
    body = BODY[door.name](corner, person) if door.name in BODY else {}
    # A body that is text already is what a script sends.
    spoken = {"content_type": "application/json"} if isinstance(body, str) else {}
    return getattr(client, door.method.lower())(door.address(corner, person), body, **spoken)


def test_every_door_has_a_line_and_every_line_a_door():
    assert {line.split()[0] for line in LINES} == set(PATHS)


def test_every_wish_is_for_a_door():
    assert {*GIVEN, *BODY, *ONLY_ASKS} <= LINES
    assert set(ADDRESS) <= set(PATHS)


@pytest.mark.parametrize("door", DOORS, ids=lambda door: door.name)
def test_who_may_pass(town, door):
    """Also: reading changes nothing, what is read stays out of caches and names no child of no concern."""
    for distance in door.distances:
        corner = town.corners[distance]
        with standing(door, corner):
            before = rows() if door.method == "POST" else None
            refused = [role for role in door.asking(distance) if door.mark(role, distance) not in PASSES]
            so_far = written()
            for role in refused:
                wanted = ANSWERS.get(door.mark(role, distance), door.answer)
                assert ask(town, door, corner, role).status_code == wanted, (role, distance)
            assert written() == so_far or rows() == before, (refused, distance)

            for role in set(door.asking(distance)) - set(refused):
                with rolled_back():
                    so_far = written()
                    answer = ask(town, door, corner, role)
                    wanted = ANSWERS.get(door.mark(role, distance), door.answer)
                    assert answer.status_code == wanted, (role, distance)
                    changes = door.method == "POST" and door.name not in ONLY_ASKS
                    assert (written() != so_far and rows() != before) is changes, (role, distance)
                    assert {"no-store", "private"} <= set(answer["Cache-Control"].split(", "))
                    assert not read_of_others(town, answer, role), (role, distance)


def read_of_others(town, answer, role: Role) -> list[str]:
    if not answer.get("Content-Type", "").startswith("text/html"):
        return []
    page = answer.content.decode()
    names = [town.corners[distance].child.name for distance in OF_NO_CONCERN[role]]
    return [name for name in names if name in page]


@pytest.mark.parametrize("line", TABLE["public"])
def test_what_is_public_is_open_to_everybody(town, line):
    thing, stranger, known = TABLE["public"][line].split()
    door = Door(line, thing, int(known), {})
    for distance in door.distances:
        corner = town.corners[distance]
        with standing(door, corner):
            for role in (None, *ROLES):
                with rolled_back():
                    answer = ask(town, door, corner, role)
                    assert answer.status_code == int(known if role else stranger), (role, distance)


def test_strangers_are_shown_to_the_sign_in_page(town):
    own = town.corners["own"]
    for door in DOORS:
        with standing(door, own):
            so_far = written()
            answer = ask(town, door, own, None)
            assert (answer.status_code, answer.url.split("?")[0]) == (302, reverse("sign-in")), door.name
            assert written() == so_far, door.name


def test_doors_for_deeds_only_do_not_open_to_a_look(town):
    for route, path in PATHS.items():
        if f"{route} GET" not in LINES:
            anywhere = "/" + re.sub(r"<[^>]+>", "1", path.replace("<month:month>", "2026-10"))
            for cookies in ("", *town.cookies.values()):
                CLIENT.cookies = SimpleCookie(cookies)
                assert CLIENT.get(anywhere).status_code == 405, route


def test_pages_to_read_do_nothing_when_posted_to(town):
    own = town.corners["own"]
    for door in DOORS:
        if door.method == "GET" and f"{door.route} POST" not in LINES:
            posted = Door(f"{door.route} POST", door.thing, 0, door.cells)
            with standing(door, own):
                so_far = written()
                for role in door.passing():
                    ask(town, posted, own, role)
                assert written() == so_far, door.name


def test_a_deed_without_the_token_of_its_form_is_refused(town):
    own = town.corners["own"]
    for door in DOORS:
        if door.method == "POST":
            with standing(door, own):
                so_far = written()
                for role in door.passing():
                    assert ask(town, door, own, role, STRICT_CLIENT).status_code == 403, door.name
                assert written() == so_far, door.name


def test_a_post_that_ended_opens_no_door_any_more(town):
    """Those who are still signed in are turned away at the next step; one's own account stays."""
    own, yesterday = town.corners["own"], THURSDAY - timedelta(days=1)
    for door in DOORS:
        everybody = door.passing() == ROLES
        with standing(door, own):
            Post.objects.update(ended_on=yesterday)
            Guardianship.objects.update(ended_on=yesterday)
            so_far = written()
            for role in [] if everybody else door.passing():
                assert ask(town, door, own, role).status_code == 403, (door.name, role)
            assert written() == so_far, door.name


# What still answers a guardian who must not collect the child, and with what; everything else of the child is not there.
KEPT_FROM = {
    "child-export GET": 200, "child-export POST": 302,  # somebody at the school looks first: tests/desks
    "enrollment:pickup-create POST": 422, "enrollment:pickup-photo GET": 200,  # of an adult one has named oneself
    "enrollment:pickup-photo POST": 422, "enrollment:pickup-end POST": 302,
    "attendance:leave-create GET": 403, "attendance:leave-create POST": 403, "attendance:leave-cancel POST": 302,
    "attendance:family-day GET": 200, "attendance:change-create POST": 422, "attendance:change-cancel POST": 302,
    "attendance:pickup-code GET": 403, "attendance:code-make POST": 403, "attendance:code-cancel POST": 302,
    "disclosures:fee-report-create GET": 200, "disclosures:fee-report-create POST": 302,  # what others ask for money
    "enrollment:apply-start GET": 200, "enrollment:pickup-list GET": 200, "disclosures:my-months GET": 200,
    "home GET": 200,
}  # fmt: skip
STILL_DONE = {"child-export POST", "disclosures:fee-report-create POST"}
OWN_ACCOUNT = ("inbox", "password-set", "notices-read", "notice-open", "jobs:job-detail")


def restrict_mother(corner: Corner) -> list[str]:
    """The father keeps the child from the mother by an order; gives back the words that she must not read."""
    father = cast.make_person("何父")
    for student in (corner.child, corner.sibling):
        row = {"school": corner.school, "student": student}
        Guardianship.objects.create(**row, person=father, relation="父亲", began_on=cast.LONG_AGO)
        PickupRestriction.objects.create(
            **row, person=corner.mother, person_name=corner.mother.name, document="民保令7号", recorded_by=corner.office,
            began_on=THURSDAY,
        )  # fmt: skip
    PickupPerson.objects.create(
        school=corner.school, student=corner.child, name="何姨", relation="姨妈", phone="13900001234", named_by=father,
        began_on=cast.LONG_AGO,
    )  # fmt: skip
    Application.objects.filter(pk=corner.application.pk).update(
        guardian=father, health_note="花生过敏", reason="何父写的"
    )
    numbers = [corner.application.number, corner.agreement.number, corner.section.offering.name]
    return [*numbers, "何父", "何姨", "1234", "花生过敏", "民保令", "已签到", "未点名", "等待接走"]


def test_a_guardian_kept_from_the_child_reads_nothing_of_its_ways_nor_of_the_other_guardian(town):
    own = town.corners["own"]
    doors_of_kin = [door for door in DOORS if Role.GUARDIAN in door.passing() and door.route not in OWN_ACCOUNT]
    for door in [*doors_of_kin, Door("home GET", "-", 200, {})]:
        with standing(door, own):
            secrets, before = restrict_mother(own), rows()
            answer = ask(town, door, own, Role.GUARDIAN)
            assert answer.status_code == KEPT_FROM.get(door.name, 404), door.name
            if door.name not in STILL_DONE:
                assert rows() == before, door.name
            if answer.get("Content-Type", "").startswith("text/html"):
                page = answer.content.decode()
                assert [word for word in secrets if word in page] == [], door.name
            if door.thing == "-":
                assert own.child.name in page and "请联系学校" in page, door.name


def test_what_a_person_sees_first_stays_out_of_caches(town):
    home = Door("home GET", "-", 200, {})
    for role in ROLES:
        assert "no-store" in ask(town, home, town.corners["own"], role)["Cache-Control"]
