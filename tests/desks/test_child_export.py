"""C14: a guardian takes a copy of the child's data, and learns nothing of the other guardian by it."""

import json
import re
from datetime import timedelta
from types import SimpleNamespace
from uuid import uuid4

import pytest
from django.apps import apps
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from afterschool.access.capabilities import Role
from afterschool.access.codes import digits
from afterschool.access.models import Person, SignInCode
from afterschool.audit.models import Deed
from afterschool.desks.exports import as_json, as_pdf
from afterschool.errors import RuleBroken
from afterschool.notices.models import Notice
from afterschool.schools.models import Guardianship, Student
from attendance.models import (
    ContactAttempt,
    GateEvent,
    Handover,
    Incident,
    LateStay,
    Leave,
    Mark,
    MarkCorrection,
    PickupChange,
    PickupCode,
)
from billing.models import FeeMonth, Objection, Receipt, Refund
from enrollment.actions import ask_export, decide_export, note_export
from enrollment.held import may_export
from enrollment.models import Agreement, Application, DisputeHold, PickupPerson, PickupRestriction, Waiver, Withdrawal
from tests import cast
from tests.attendance.town import THURSDAY, at, build

NOW = at(19)
# Tables with rows on a child that no copy holds, and why.
LEFT_OUT = {
    "PickupRestriction": "the papers and who asked for them (C14)",
    "DisputeHold": "what the guardians quarrel about (C14)",
    "ExportRequest": "who else asked",
    "Decline": "says which guardian declined; no service came of it",
    "CallBack": "on the telephone with the other guardian",
    "LaterRecord": "on whose word it was written down afterwards; what stands is the handover",
    "BankLine": "whose account it was",
    "PayeeChange": "somebody's account",
    "Payment": "by whose telephone it was paid; what came in is the receipt",
    "FeeReport": "told to the bureau, not to the school",
}


@pytest.fixture
def family(haitang, term, monkeypatch):
    """Mother and father of one child, and everything that either of them, or the school about either, has written."""
    monkeypatch.setattr("afterschool.press.press", lambda html: html.encode())
    town = build(haitang, term, children=1)
    town.open()
    child, mother = town.children[0], town.mothers[0]
    father = cast.make_person("陈志强")
    Guardianship.objects.create(school=haitang, student=child, person=father, relation="父亲", began_on=cast.LONG_AGO)
    family = SimpleNamespace(town=town, child=child, mother=mother, father=father)
    family.of_mother = {mother.name, mother.phone, *written(town, child, mother, "母亲写的")}
    family.of_father = {father.name, father.phone, *written(town, child, father, "父亲写的")}
    family.of_school = set(about(town, child))
    family.office = cast.act(cast.make_person("办公室", Role.SCHOOL_ADMIN, haitang), THURSDAY)
    return family


def written(town, child, guardian, mark):
    """A row of each kind by this guardian, with words that nobody else may read; gives the words back."""
    words = (f"{mark}{number}号" for number in range(1000))
    told: list[str] = []

    def secret() -> str:
        told.append(next(words))
        return told[-1]

    school, session = town.school, town.session
    row = {"school": school, "student": child}
    phone = f"138{guardian.pk:08}"
    named = PickupPerson.objects.create(
        **row, name=secret(), relation=secret(), phone=phone, named_by=guardian, began_on=THURSDAY
    )
    Leave.objects.create(**row, first_on=THURSDAY, last_on=THURSDAY, reason=secret(), asked_by=guardian, asked_at=NOW)
    day = THURSDAY - timedelta(days=guardian.pk)
    asked = {"day": day, "asked_by": guardian, "asked_at": NOW}
    PickupChange.objects.create(**row, **asked, guardian=guardian, note=secret())
    once = {"name": secret(), "relation": secret(), "made_by": guardian, "made_at": NOW}
    code = PickupCode.objects.create(**row, day=day, sha256="0" * 64, **once)
    by = {"at": NOW, "by": town.teacher}
    ContactAttempt.objects.create(**row, session=session, person=guardian, result="reached", note=secret(), **by)
    for number, adult in enumerate(({"guardian": guardian}, {"pickup_person": named}, {"code": code})):
        name = {"collector_name": guardian.name if not number else secret(), "collector_relation": f"{mark}关系"}
        left = {
            **row,
            "day": day - timedelta(days=100 * number),
            "mode": "collected",
            **adult,
            **name,
            "by": town.teacher,
        }
        at = dict.fromkeys(("claimed_at", "received_at", "happened_at"), NOW)
        event = GateEvent.objects.create(**left, **at, uid=uuid4(), kind="release", outcome="accepted")
        Handover.objects.create(**left, event=event, at=NOW)
    month, _ = FeeMonth.objects.get_or_create(school=school, month=THURSDAY.replace(day=1))
    told_by = {"raised_by": guardian, "raised_at": NOW}
    answered = {"state": "dismissed", "answer": "按实际服务日算的", "answered_by": town.leader, "answered_at": NOW}
    Objection.objects.create(**row, fee_month=month, text=secret(), **told_by, **answered)
    receipt = {"on": THURSDAY, "amount_fen": 200_00, "number": guardian.pk, "key": secret()}
    receipt = Receipt.objects.create(**row, **receipt, payer=secret(), payer_account=secret())
    Refund.objects.create(**row, fee_month=month, receipt=receipt, cause="prepaid", amount_fen=1_00, state="payable")
    return [*told, phone, f"{mark}关系"]


def about(town, child):
    """What the school has written about the two, and what either may not read of the other."""
    row, session = {"school": town.school, "student": child}, town.session
    application = Application.objects.get(student=child)
    Application.objects.filter(student=child).update(health_note="母亲填的健康", reason="学校写的理由")
    agreement = Agreement.objects.get(student=child)
    Agreement.objects.filter(pk=agreement.pk).update(content={"guardian": {"phone": "母亲在协议里"}})
    Withdrawal.objects.create(
        **row, agreement=agreement, last_on=THURSDAY, reason="母亲写的退出", asked_by=application.guardian, asked_at=NOW
    )
    Waiver.objects.create(**row, category="hardship", evidence="证明上的住址", asked_by=town.leader, began_on=THURSDAY)
    Mark.objects.create(**row, session=session, status="present", at=NOW, by=town.teacher)
    MarkCorrection.objects.create(
        **row, session=session, was="absent", now="present", reason="更正里的话", asked_at=NOW, asked_by=town.teacher
    )
    for kind in ("illness", "restricted"):
        Incident.objects.create(
            **row, day=THURSDAY, kind=kind, note=f"经过{kind}", first_aid="急救", at=NOW, by=town.teacher
        )
    LateStay.objects.create(**row, day=THURSDAY, keeper=town.teacher, place="看护的地点", began_at=NOW, by=town.teacher)
    return ["证明上的住址", "更正里的话", "经过illness", "经过restricted", "母亲在协议里", "学校写的理由"]


def restricted(family):
    PickupRestriction.objects.create(
        school=family.town.school, student=family.child, person_name=family.father.name, person=family.father,
        document="（2026）民保令1号", recorded_by=family.town.leader, began_on=THURSDAY,
    )  # fmt: skip
    return ["民保令"]


def in_dispute(family):
    DisputeHold.objects.create(
        school=family.town.school,
        student=family.child,
        reason="争议的情况",
        recorded_by=family.town.leader,
        began_on=THURSDAY,
    )
    return ["争议的情况"]


def code_for(client, address) -> str:
    """What is sent to the guardian's telephone."""
    client.post(address, {"form": "code"})
    return digits(SignInCode.objects.latest("pk"))


def release(family, guardian):
    asked = ask_export(family.child, now=NOW, by=cast.act(guardian, THURSDAY))
    return decide_export(asked, released=True, now=NOW, by=family.office)


def copies(family, guardian) -> str:
    return (as_json(family.child, guardian.pk, NOW) + as_pdf(family.child, guardian.pk, NOW)).decode()


@pytest.mark.parametrize(
    "constellation", [lambda family: [], restricted, in_dispute], ids=["together", "order", "dispute"]
)
def test_c14_a_copy_holds_nothing_of_the_other_guardian(family, constellation):
    papers = constellation(family)
    for guardian, own, foreign in (
        (family.father, family.of_father, family.of_mother | {"母亲填的健康", "母亲写的退出"}),
        (family.mother, family.of_mother, family.of_father),
    ):
        said = copies(family, guardian)
        assert [word for word in foreign | family.of_school | set(papers) if word in said] == []
        assert guardian.phone in said and family.child.number in said
        assert len([word for word in own if word in said]) >= 9


@pytest.mark.parametrize("constellation", [restricted, in_dispute])
def test_c14_where_guardians_are_at_odds_a_person_looks_first(family, client, monkeypatch, constellation):
    monkeypatch.setattr("django.utils.timezone.now", lambda: NOW)
    constellation(family)
    address = reverse("child-export", args=[family.child.pk])
    client.force_login(family.father)
    assert "要学校先看一遍" in client.get(address).content.decode()
    refused = client.post(address, {"form": "json", "code": code_for(client, address)})
    assert refused.status_code == 422 and not refused.has_header("Content-Disposition")
    assert not Deed.objects.filter(verb="exported").exists()

    client.post(address)
    client.post(address)
    asked = family.child.export_requests.get()
    client.force_login(Person.objects.get(pk=family.office.person_id))
    page = client.get(reverse("enrollment:export-list")).content.decode()
    assert family.child.name in page and family.father.name in page
    assert client.post(reverse("enrollment:export-decide", args=[asked.pk]), {"granted": "no"}).status_code == 422
    assert client.post(reverse("enrollment:export-decide", args=[asked.pk]), {"granted": "yes"}).status_code == 302
    assert Notice.objects.get(to=family.father, kind="export_answered").link == address

    client.force_login(family.father)
    assert client.post(address, {"form": "json", "code": "000000"}).status_code == 422
    answer = client.post(address, {"form": "json", "code": code_for(client, address)})
    assert json.loads(answer.content)["学生"] == family.child.name
    assert "attachment" in answer["Content-Disposition"] and "no-store" in answer["Cache-Control"]
    assert Deed.objects.get(verb="exported").person_id == family.father.pk
    assert not may_export(family.child, family.mother.pk, NOW)


def test_c14_a_release_is_for_a_week_and_by_somebody_else(family):
    restricted(family)
    father = cast.act(family.father, THURSDAY)
    asked = ask_export(family.child, now=NOW, by=father)
    with pytest.raises(RuleBroken, match="由别人答复"):
        decide_export(asked, released=True, now=NOW, by=father)
    with pytest.raises(RuleBroken, match="写明理由"):
        decide_export(asked, released=False, reason=" ", now=NOW, by=family.office)
    decide_export(asked, released=False, reason="请到学校来", now=NOW, by=family.office)
    with pytest.raises(RuleBroken, match="先看过"):
        note_export(family.child, form="pdf", now=NOW, by=father)
    release(family, family.father)
    days = (0, 6, 7, 30)
    assert [may_export(family.child, family.father.pk, NOW + timedelta(days=n)) for n in days] == [
        True,
        True,
        False,
        False,
    ]


def test_a_copy_tells_of_every_table_that_knows_a_child_or_says_why_not(family):
    with CaptureQueriesContext(connection) as queries:
        as_json(family.child, family.mother.pk, NOW)
    asked = " ".join(query["sql"] for query in queries)
    knowing = {
        model
        for model in apps.get_models()
        if any(field.related_model is Student for field in model._meta.fields if field.is_relation)
    }
    told = {model.__name__ for model in knowing if re.search(rf'(FROM|JOIN) "{model._meta.db_table}"', asked)}
    silent = {model.__name__ for model in knowing} - told
    assert silent == LEFT_OUT.keys(), "a new table on a child: tell of it in a held.py, or say why not"


def test_a_copy_costs_the_same_however_much_there_is(family):
    def asked() -> int:
        with CaptureQueriesContext(connection) as queries:
            as_json(family.child, family.mother.pk, NOW)
        return len(queries)

    before = asked()
    written(family.town, family.child, cast.make_person("姑姑"), "姑姑写的")
    assert asked() == before


def test_another_familys_child_is_nowhere(family, client, monkeypatch):
    monkeypatch.setattr("django.utils.timezone.now", lambda: NOW)
    stranger = cast.make_person("外人")
    cast.make_student(family.town.section.school_class, "别人家的", stranger)
    client.force_login(stranger)
    assert client.get(reverse("child-export", args=[family.child.pk])).status_code == 404
    assert client.post(reverse("child-export", args=[family.child.pk]), {"form": "json"}).status_code == 404
