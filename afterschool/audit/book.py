from collections.abc import Iterable

from django.db import models

from afterschool.access.reach import Actor

from .models import Deed


def record(by: Actor, verb: str, thing: models.Model, **facts) -> Deed:
    """Sign the guest book, in the deed's own transaction. Facts are plain values: numbers, text, ISO dates."""
    deed = _deed(by, verb, thing, facts)
    deed.save()
    return deed


def record_each(by: Actor, verb: str, deeds: Iterable[tuple[models.Model, dict]]) -> None:
    """Sign for many things at once: each with its facts, all in one statement."""
    Deed.objects.bulk_create(_deed(by, verb, thing, facts) for thing, facts in deeds)


def _deed(by: Actor, verb: str, thing: models.Model, facts: dict) -> Deed:
    return Deed(
        person_id=by.person_id,
        actor=by.name,
        verb=verb,
        thing=thing._meta.label,
        thing_id=thing.pk,
        school_id=getattr(thing, "school_id", None),
        facts=facts,
    )
