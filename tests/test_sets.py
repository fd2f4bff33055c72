"""Rows by the set: whatever a text holds arrives as it was, and PostgreSQL's rules hold."""

import pytest
from django.db import IntegrityError

from afterschool import sets
from afterschool.access.models import Person
from afterschool.audit.models import Deed

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


def test_write_refuses_what_a_row_may_not_be_and_nothing_is_written():
    with pytest.raises(IntegrityError):
        sets.write(Person(phone="13900000000"), "name", [("甲",), ("乙",)])


def test_nothing_to_write_or_change_is_nothing():
    assert sets.write(Person(), "name", []) == []
    sets.change(Person, "name", [])
