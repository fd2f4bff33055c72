"""Rows by the set: whatever a text holds arrives as it was, and PostgreSQL's rules hold."""

from datetime import date

import pytest
from django.db import IntegrityError
from django.utils import timezone

from afterschool import sets
from afterschool.access.models import Person
from afterschool.audit.models import Deed
from afterschool.notices.models import Notice
from billing.models import FeeMonth, Reconciliation, Settlement
from tests import cast

pytestmark = pytest.mark.django_db
ODD = ["a\tb\nc\\N\"d'e,{}%s\r", r"\N", "", "NULL", "{}", "王“小”明", "a\\", '"', "\x01"]


def test_write_and_change_keep_every_text():
    keys = sets.write(
        Deed(actor="100% \\ x", verb="v", thing="t", thing_id=1),
        "facts school_id",
        [({"w": w}, n or None) for n, w in enumerate(ODD)],
    )
    deeds = Deed.objects.in_bulk(keys)
    assert [deeds[key].facts["w"] for key in keys] == ODD
    assert [deeds[key].school_id for key in keys] == [None, *range(1, len(ODD))]
    assert {deed.actor for deed in deeds.values()} == {"100% \\ x"} and all(deed.at for deed in deeds.values())

    people = sets.write(Person(email="a@b.cn"), "name phone", [(word, f"139{n:08}") for n, word in enumerate(ODD)])
    assert [Person.objects.get(pk=key).name for key in people] == ODD
    sets.change(Person, "name email", [(key, f"{word}!", word) for key, word in zip(people, ODD, strict=True)])
    assert [(one.name, one.email) for one in Person.objects.order_by("pk")] == [(f"{word}!", word) for word in ODD]


def test_among_finds_whatever_the_words_hold():
    keys = sets.write(Person(email="a@b.cn"), "name phone", [(word, f"139{n:08}") for n, word in enumerate(ODD)])

    assert set(Person.objects.filter(name__among=set(ODD)).values_list("pk", flat=True)) == set(keys)
    assert Person.objects.filter(pk__among={keys[0], keys[3]}).count() == 2
    assert not Person.objects.filter(pk__among=set()).exists()
    assert Notice.objects.filter(to__among=keys).count() == 0  # a foreign key


def test_a_row_grows_by_numbers_and_lists():
    school = cast.make_school(cast.make_bureau())
    month = FeeMonth.objects.create(school=school, month=date(2026, 10, 1), policy="x")
    rows = [Settlement(school=school, fee_month=month, drafted_at=timezone.now(), groups=[{"a": 1}])]
    sets.add(rows)
    sets.append(Settlement, "groups", [(rows[0].pk, [{"b": "二"}])])
    assert Settlement.objects.get().groups == [{"a": 1}, {"b": "二"}]
    pot = Reconciliation(school=school, fee_month=month, bank_fen=5, book_fen=5, made_at=timezone.now())
    sets.add([pot])
    sets.grow(Reconciliation, "bank_fen book_fen", [(pot.pk, 7, -2)])
    pot.refresh_from_db()
    assert (pot.bank_fen, pot.book_fen) == (12, 3)


def test_write_refuses_what_a_row_may_not_be_and_nothing_is_written():
    with pytest.raises(IntegrityError):
        sets.write(Person(phone="13900000000"), "name", [("甲",), ("乙",)])


def test_a_text_with_a_nul_is_refused_and_no_row_takes_the_text_of_another():
    rows = [("甲\0乙", "13900000001"), (None, "13900000002")]
    with pytest.raises(ValueError, match="NUL"):
        sets.write(Person(), "name phone", rows)
    assert not Person.objects.exists()


def test_nothing_to_write_or_change_is_nothing():
    assert sets.write(Person(), "name", []) == []
    sets.change(Person, "name", [])
