"""Nothing happens outside one's reach, and nobody reads what is not theirs."""

import pytest

from afterschool.access.capabilities import Role
from afterschool.notices.models import Notice
from enrollment.actions import withdraw
from enrollment.models import Application, PickupPerson
from tests import cast

from .conftest import act, another_family, applied, approved, enrolled, signed_by_guardian, url
from .test_pickup import bar, name
from .test_waivers import ask

pytestmark = pytest.mark.usefixtures("that_evening")


@pytest.mark.parametrize("who", ["mother", "other", "teacher"])
def test_the_guardian_of_another_child_finds_nothing(as_, town, who):
    child, parent = another_family(town)
    agreement = signed_by_guardian(town, approved(town, applied(town, child=child, parent=parent)))
    person = name(type(town)(**{**vars(town), "child": child}), parent=parent)
    client = as_({"mother": town.mother, "other": cast.make_person("路人"), "teacher": town.teacher}[who])
    expected = 404 if who == "mother" else 403
    before = Notice.objects.count()

    reads = [
        url("apply", child.pk, town.term.pk), url("application-detail", agreement.application_id),
        url("application-mend", agreement.application_id), url("agreement-detail", agreement.pk),
        url("agreement-pdf", agreement.pk), url("withdraw", agreement.pk),
    ]  # fmt: skip
    posts = [
        url("decline", child.pk, town.term.pk), url("application-take-back", agreement.application_id),
        url("sign", agreement.pk), url("withdraw", agreement.pk), url("pickup-create", child.pk),
        url("pickup-end", person.pk),
    ]  # fmt: skip
    assert {address: client.get(address).status_code for address in reads} == dict.fromkeys(reads, expected)
    assert {address: client.post(address).status_code for address in posts} == dict.fromkeys(posts, expected)

    agreement.application.refresh_from_db()
    assert agreement.application.state == Application.State.APPROVED
    assert PickupPerson.objects.get().ended_on is None and Notice.objects.count() == before


def test_a_teacher_touches_only_her_own_class_and_only_her_own_step(as_, town):
    other_class = cast.make_class(town.school, grade=3, number=1)
    child, parent = another_family(town, klass=other_class)
    theirs = applied(town, child=child, parent=parent)
    client = as_(town.teacher)

    client.post(url("application-confirm"), {"pick": [theirs.pk]})
    assert client.get(url("application-review", theirs.pk)).status_code == 404
    assert client.post(url("application-return", theirs.pk), {"reason": "x"}).status_code == 404
    assert client.post(url("application-approve"), {"pick": [theirs.pk]}).status_code == 403
    assert client.post(url("application-refuse", theirs.pk)).status_code == 403

    theirs.refresh_from_db()
    assert theirs.state == Application.State.SUBMITTED


def test_clerk_of_another_school_finds_nothing(as_, town, lanting):
    agreement = enrolled(town)
    withdrawal = withdraw(agreement=agreement, last_on=town.today, reason="搬家", now=town.now, by=act(town.mother))
    waiver, restriction = ask(town), bar(town)
    clerk, principal = (cast.make_person("外校", role, lanting) for role in (Role.SCHOOL_ADMIN, Role.PRINCIPAL))
    pages = [
        (clerk, "get", url("application-review", agreement.application_id)),
        (clerk, "get", url("agreement-copy", agreement.pk)),
        (clerk, "post", url("application-send-back", agreement.application_id)),
        (clerk, "post", url("application-refuse", agreement.application_id)),
        (clerk, "post", url("withdrawal-acknowledge", withdrawal.pk)),
        (clerk, "get", url("waiver-create", town.child.pk)),
        (principal, "post", url("waiver-decide", waiver.pk)),
        (clerk, "get", url("restriction-create", town.child.pk)),
        (principal, "post", url("restriction-confirm", restriction.pk)),
        (principal, "get", url("restriction-end", restriction.pk)),
    ]

    assert [getattr(as_(person), verb)(address).status_code for person, verb, address in pages] == [404] * len(pages)
    assert "陈一诺" not in as_(clerk).get(url("roster")).content.decode()
    for row in (withdrawal, waiver, restriction):
        row.refresh_from_db()
    assert withdrawal.acknowledged_at is None and waiver.state == "asked" and restriction.confirmed_by is None


def test_waivers_and_restrictions_stay_with_those_who_need_them(as_, town):
    enrolled(town)
    bar(town)
    ask(town)
    for person in (town.mother, cast.make_person("张门卫", Role.GUARD, town.school)):
        for page in ("waiver-list", "waiver-desk", "restriction-list"):
            assert as_(person).get(url(page)).status_code == 403
    assert as_(town.teacher).get(url("restriction-list")).status_code == 403

    roster = as_(town.teacher).get(url("roster")).content.decode()
    assert "陈一诺" in roster and "李敏" in roster and "陈志强" not in roster and "裁定" not in roster


def test_a_barred_parent_sees_no_reason_on_his_own_page(as_, town):
    bar(town)

    page = as_(town.father).get(url("pickup-list")).content.decode()

    assert "请联系学校" in page and "裁定" not in page and "加一位接送人" not in page
    assert "加一位接送人" in as_(town.mother).get(url("pickup-list")).content.decode()


def test_a_child_is_found_by_part_of_its_name_within_reach(as_, town, lanting):
    elsewhere = cast.make_student(cast.make_class(lanting), "陈一诺")

    page = as_(town.clerk).get(url("restriction-list") + "?q=一诺").content.decode()

    assert url("restriction-create", town.child.pk) in page
    assert url("restriction-create", elsewhere.pk) not in page


def test_a_barred_parent_does_not_read_the_other_adults_phones_nor_end_the_service(as_, town):
    agreement = enrolled(town)
    pages = [url("agreement-detail", agreement.pk), url("agreement-pdf", agreement.pk), url("withdraw", agreement.pk)]
    assert {as_(town.father).get(page).status_code for page in pages} == {200}
    bar(town)

    assert {as_(town.father).get(page).status_code for page in pages} == {404}
    assert {as_(town.mother).get(page).status_code for page in pages} == {200}
