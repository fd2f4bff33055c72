"""接送人 and 接送限制."""

from datetime import timedelta
from io import BytesIO

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from django.urls import reverse
from PIL import Image

from afterschool.audit.models import Deed
from afterschool.errors import RuleBroken
from enrollment.actions import confirm_restriction, end_pickup, end_restriction, name_pickup, photograph, restrict
from enrollment.forms import RestrictionForm
from enrollment.models import PickupPerson, PickupRestriction
from enrollment.selectors import collectors_of
from tests import cast
from tests.pictures import picture

from .conftest import act

RULING = "（2026）辽0291民初1234号裁定书"


def name(town, name="王秀兰", relation="奶奶", phone="13900003307", parent=None):
    return name_pickup(
        student=town.child,
        name=name,
        relation=relation,
        phone=phone,
        began_on=town.today,
        by=act(parent or town.mother),
    )


def adults(town, day=None):
    return {adult.name: adult for adult in collectors_of([town.child], day or town.today)[town.child.pk]}


def bar(town, person_name="陈志强", document=RULING):
    return restrict(
        student=town.child, person_name=person_name, document=document, began_on=town.today, by=act(town.clerk)
    )


def test_guardians_first_then_those_they_named(town):
    name(town)

    assert [(a.kind, a.relation, a.phone_tail, a.barred) for a in adults(town).values()] == [
        ("guardian", "母亲", town.mother.phone[-4:], False),
        ("guardian", "父亲", town.father.phone[-4:], False),
        ("pickup", "奶奶", "3307", False),
    ]


def test_only_a_guardian_names_or_stops(town):
    person = name(town)
    stranger = cast.make_person("路人")
    for deed in (
        lambda: name(town, name="赵勇", parent=stranger),
        lambda: end_pickup(person=person, today=town.today, by=act(stranger)),
        lambda: end_pickup(person=person, today=town.today, by=act(town.clerk)),
    ):
        with pytest.raises(RuleBroken, match="监护人"):
            deed()

    assert list(PickupPerson.objects.values_list("name", "ended_on")) == [("王秀兰", None)]


def test_a_sixth_person_is_refused(town):
    for number in range(5):
        name(town, name=f"亲友{number}")

    with pytest.raises(RuleBroken, match="最多可以授权 5 位"):
        name(town)
    assert PickupPerson.objects.count() == 5


def test_stopping_counts_at_once_and_either_parent_may(town):
    person = name(town)

    end_pickup(person=person, today=town.today, by=act(town.father))

    assert "王秀兰" not in adults(town)
    with pytest.raises(RuleBroken, match="已经停用"):
        end_pickup(person=person, today=town.today, by=act(town.mother))


def test_a_restriction_bars_the_guardian_himself_and_whom_he_named_before_it_is_confirmed(town):
    name(town, name="赵勇", relation="朋友", parent=town.father)
    name(town)

    bar(town, person_name="陈 志强")

    barred = {one: adult.barred for one, adult in adults(town).items()}
    assert barred == {"李敏": False, "陈志强": True, "赵勇": True, "王秀兰": False}


def test_a_new_name_on_the_account_does_not_open_the_gate(town):
    bar(town)
    town.father.name = "陈自强"
    town.father.save()

    assert adults(town)["陈自强"].barred


def test_without_a_document_nobody_is_barred(town):
    with pytest.raises(RuleBroken, match="没有文书"):
        bar(town, document="  ")
    with pytest.raises(IntegrityError), transaction.atomic():
        PickupRestriction.objects.create(
            school=town.school, student=town.child, person_name="陈志强", document="", recorded_by=town.clerk,
            began_on=town.today,
        )  # fmt: skip

    assert not PickupRestriction.objects.exists() and not Deed.objects.exists()


def test_confirmed_by_a_second_person_once(town):
    restriction = bar(town)

    with pytest.raises(RuleBroken, match="两个人"):
        confirm_restriction(restriction=restriction, by=act(town.clerk))
    confirm_restriction(restriction=restriction, by=act(town.principal))
    with pytest.raises(RuleBroken, match="已经复核"):
        confirm_restriction(restriction=restriction, by=act(town.principal))

    restriction.refresh_from_db()
    assert restriction.confirmed_by == town.principal
    assert Deed.objects.filter(verb="confirmed_restriction").count() == 1


def test_lifted_by_another_person_with_a_reason(town):
    restriction = bar(town)
    tomorrow = town.today + timedelta(days=1)
    for reason, by, message in (("", town.principal, "理由"), ("法院撤销", town.clerk, "登记人以外")):
        with pytest.raises(RuleBroken, match=message):
            end_restriction(restriction=restriction, ended_on=town.today, reason=reason, by=act(by))

    end_restriction(restriction=restriction, ended_on=town.today, reason="法院撤销", by=act(town.principal))

    assert adults(town)["陈志强"].barred and not adults(town, tomorrow)["陈志强"].barred


def test_no_restriction_lapses_by_itself(town):
    """A protection order holds for six months at most; the block stays until a person decides."""
    bar(town)

    assert adults(town, town.today + timedelta(days=400))["陈志强"].barred
    assert "ended_on" not in RestrictionForm().fields


def test_the_same_number_of_queries_for_one_child_and_for_three(town, django_assert_num_queries):
    name(town)
    children = [town.child, *(cast.make_student(town.klass, f"学生{n}", guardian=town.mother) for n in range(2))]
    for some in (children[:1], children):
        with django_assert_num_queries(3):
            collectors_of(some, town.today)


def sent(client, person, data: bytes):
    return client.post(
        reverse("enrollment:pickup-photo", args=[person.pk]), {"photo": SimpleUploadedFile("奶奶.jpg", data)}
    )


def test_a_photo_is_kept_small_for_the_gate_and_gone_with_the_right(client, town):
    grandma = name(town)
    with time_machine.travel(town.now):
        client.force_login(town.mother)
        assert sent(client, grandma, picture(600, 400)).status_code == 302
        shown = client.get(reverse("enrollment:pickup-photo", args=[grandma.pk]))
        assert Image.open(BytesIO(shown.content)).size == (200, 133) and "no-store" in shown["Cache-Control"]
        refused = sent(client, grandma, b"MZ")
        assert refused.status_code == 422 and "不是能用的照片" in refused.content.decode()
        client.force_login(town.father)  # who has not named her
        assert client.get(reverse("enrollment:pickup-photo", args=[grandma.pk])).status_code == 404
    end_pickup(person=grandma, today=town.today, by=act(town.mother))
    grandma.refresh_from_db()
    assert grandma.photo is None


def test_only_who_named_an_adult_puts_a_face_to_the_name_and_only_while_it_counts(town):
    """In a quarrel another face beside grandma's name would open the gate to somebody else."""
    grandma = name(town)
    with pytest.raises(RuleBroken, match="授权"):
        photograph(person=grandma, photo=b"face", by=act(town.father))
    end_pickup(person=grandma, today=town.today, by=act(town.mother))
    with pytest.raises(RuleBroken, match="停用"):
        photograph(person=grandma, photo=b"face", by=act(town.mother))
    grandma.refresh_from_db()
    assert grandma.photo is None


def test_who_must_not_collect_does_not_read_who_else_does(client, town):
    name(town)
    name(town, name="赵勇", relation="朋友", phone="13900003308", parent=town.father)
    with time_machine.travel(town.now):
        client.force_login(town.father)
        assert "王秀兰" in client.get(reverse("enrollment:pickup-list")).content.decode()
        bar(town)
        page = client.get(reverse("enrollment:pickup-list")).content.decode()
    assert "赵勇" in page and "陈志强" in page
    assert [word for word in ("王秀兰", "3307", town.mother.name, town.mother.phone[-4:]) if word in page] == []


def test_who_must_not_collect_puts_no_face_to_a_name(client, town):
    grandma = name(town)
    bar(town)
    with time_machine.travel(town.now):
        client.force_login(town.father)
        assert sent(client, grandma, picture(600, 400)).status_code == 422
    grandma.refresh_from_db()
    assert grandma.photo is None
