from collections.abc import Iterable

from django.db import models

from afterschool.access.reach import Actor

from .models import Deed


def record(by: Actor, verb: str, thing: models.Model, **facts) -> Deed:
    """Sign the guest book, in the deed's own transaction. Facts are plain values: numbers, text, ISO dates."""
    return record_each(by, verb, [(thing, facts)])[0]


def record_each(by: Actor, verb: str, things: Iterable[tuple[models.Model, dict]]) -> list[Deed]:
    """The same for many things at once, in one query."""
    return Deed.objects.bulk_create(
        Deed(
            person_id=by.person_id,
            actor=by.name,
            verb=verb,
            thing=thing._meta.label,
            thing_id=thing.pk,
            school_id=getattr(thing, "school_id", None),
            facts=facts,
        )
        for thing, facts in things
    )
