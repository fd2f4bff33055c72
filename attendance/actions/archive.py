"""台账: made from the books as they stand, kept with what was missing."""

from collections.abc import Callable
from datetime import date, datetime
from hashlib import sha256

from django.db import transaction
from django.utils import timezone

from afterschool.access.reach import Actor
from afterschool.audit.book import record
from afterschool.errors import NoRule
from afterschool.policy import conduct
from afterschool.policy.verdict import Cite
from afterschool.schools.models import School
from afterschool.schools.rules import law_of
from attendance.archive.books import Books
from attendance.archive.gaps import gaps
from attendance.archive.paper import paper
from attendance.archive.records import nine_records
from attendance.archive.spells import Spell
from attendance.archive.workbook import workbook
from attendance.models import Archive

Progress = Callable[[int, int, str], None]
SIGNERS = ("制表", "带班领导", "校长", "学校（盖章）", "日期")


def make_archive(
    school: School, spell: Spell, *, now: datetime, by: Actor, progress: Progress = lambda *_: None
) -> Archive:
    """PDF and workbook of these days. Where nothing has changed since the last time, that one is given again."""
    progress(0, 0, "正在读九项记录")
    books = Books(school, spell.first, spell.last)
    records, today = nine_records(books), timezone.localdate(now)
    found = gaps(books, today)
    title = f"{school.name}　{spell.name}　课后服务工作台账"
    xlsx = workbook(title, records, gaps(books, today, whole=True))
    span = {"school": school, "first_on": spell.first, "last_on": spell.last}
    if same := Archive.objects.filter(**span, xlsx_sha256=_hash(xlsx)).first():
        return same
    facts = {
        "title": title, "school": school, "spell": spell, "now": now, "by": by.name, "signers": SIGNERS,
        "xlsx_sha256": _hash(xlsx), "cite": _asked_for(school, spell.first), "gaps": len(found),
        "served": len({roll.session.day for roll in books.rolls}), "children": len(records[0].sheets[0].rows),
    }  # fmt: skip
    pdf = paper(facts, records, found, progress)
    return _keep(span, pdf, xlsx, found, now=now, by=by)


@transaction.atomic
def _keep(span: dict, pdf: bytes, xlsx: bytes, found: list[str], *, now: datetime, by: Actor) -> Archive:
    archive = Archive.objects.create(
        **span, pdf=pdf, pdf_sha256=_hash(pdf), xlsx=xlsx, xlsx_sha256=_hash(xlsx), gaps=found, made_at=now,
        made_by_id=by.signer,
    )  # fmt: skip
    _note(by, "made", archive)
    return archive


def take_out(archive: Archive, kind: str, *, by: Actor) -> bytes:
    """One of its two files. Whoever carries away a school's children is on record."""
    _note(by, "took_out", archive, file=kind)
    return bytes(getattr(archive, kind))


def _note(by: Actor, verb: str, archive: Archive, **more: str) -> None:
    span = {"first": archive.first_on.isoformat(), "last": archive.last_on.isoformat()}
    record(by, verb, archive, **span, pdf=archive.pdf_sha256, xlsx=archive.xlsx_sha256, **more)


def _asked_for(school: School, on: date) -> Cite | None:
    try:
        return conduct.obligation(law_of(school), on, "archive").cite
    except NoRule:  # before the first policy
        return None


def _hash(content: bytes) -> str:
    return sha256(content).hexdigest()
