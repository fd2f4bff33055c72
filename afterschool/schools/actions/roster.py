import hashlib
import io
from collections.abc import Callable, Collection
from datetime import date

from django.db import transaction
from django.utils import timezone

from afterschool.access.reach import Actor
from afterschool.audit.book import record
from afterschool.errors import RuleBroken
from afterschool.jobs.book import enqueue
from afterschool.xlsx import Unreadable, read_xlsx

from ..models import RosterImport, School
from ..roster.compare import Diff, compare
from ..roster.sheet import read_sheet
from ..roster.write import write

State = RosterImport.State
Progress = Callable[[int, int, str], None]
READ, APPLY = "schools.read_roster", "schools.apply_roster"


def _silent(done: int, total: int, note: str) -> None:
    """Nobody waits for this one."""


@transaction.atomic
def upload_roster(school: School, file_name: str, data: bytes, *, by: Actor) -> RosterImport:
    """Take an export in; a job reads it. What was uploaded before and not applied gives way, and its file goes."""
    unfinished = RosterImport.objects.filter(school=school).exclude(state__in=[State.APPLIED, State.REPLACED])
    unfinished.update(state=State.REPLACED, file=b"", preview={})
    roster_import = RosterImport.objects.create(
        school=school, file_name=file_name[:200], file=data, sha256=hashlib.sha256(data).hexdigest(),
        uploaded_by_id=by.signer,
    )  # fmt: skip
    record(by, "uploaded", roster_import, file_name=file_name, sha256=roster_import.sha256)
    enqueue(READ, period=str(roster_import.pk), school_id=school.pk, args={"import": roster_import.pk}, by=by)
    return roster_import


@transaction.atomic
def read_roster(roster_import: RosterImport, *, progress: Progress = _silent, by: Actor) -> RosterImport:
    """Read the file and say what it would change. A file that cannot be read says why. Safe to run twice."""
    roster_import = RosterImport.objects.select_for_update().get(pk=roster_import.pk)
    if roster_import.state != State.READING:
        return roster_import
    try:
        roster_import.preview = _diff(roster_import, progress).preview()
        roster_import.state = State.PREVIEW
    except Unreadable as why:
        roster_import.preview, roster_import.state, roster_import.file = {"error": str(why)}, State.FAILED, b""
    roster_import.save(update_fields=["preview", "state", "file"])
    record(by, "read", roster_import, state=roster_import.state)
    return roster_import


@transaction.atomic
def begin_applying(roster_import: RosterImport, *, on: date, left: Collection[int] = (), by: Actor) -> RosterImport:
    """The clerk has looked at the preview and said yes; a job does the rest."""
    roster_import = RosterImport.objects.select_for_update().get(pk=roster_import.pk)
    _require(roster_import, State.PREVIEW)
    roster_import.state = State.APPLYING
    roster_import.save(update_fields=["state"])
    # A register that changed in between sends the import back to its preview, and it may be applied anew.
    period = f"{roster_import.pk}-{hashlib.sha256(repr(roster_import.preview).encode()).hexdigest()[:12]}"
    args = {"import": roster_import.pk, "on": on.isoformat(), "left": sorted(left)}
    enqueue(APPLY, period=period, school_id=roster_import.school_id, args=args, by=by)
    return roster_import


@transaction.atomic
def apply_roster(
    roster_import: RosterImport,
    *,
    on: date,
    left: Collection[int] = (),
    progress: Progress = _silent,
    by: Actor,
) -> RosterImport:
    """Write what the preview said, all or nothing. `left`: students of the preview's list who have left the school.

    Should the register have changed since the preview, nothing is written and the new preview waits to be looked at.
    """
    # Not the whole row: whoever only points at the school, such as a handover at the gate, does not wait.
    School.objects.select_for_update(no_key=True).get(pk=roster_import.school_id)
    roster_import = RosterImport.objects.select_for_update().select_related("school").get(pk=roster_import.pk)
    if roster_import.state == State.APPLIED:
        return roster_import
    _require(roster_import, State.PREVIEW, State.APPLYING)
    diff = _diff(roster_import, progress)
    if diff.preview() != roster_import.preview:
        roster_import.preview, roster_import.state = diff.preview(), State.PREVIEW
        roster_import.save(update_fields=["preview", "state"])
        return roster_import
    progress(2, 3, "正在写入名册")
    facts = write(diff, roster_import.school, on=on, left=set(left), by=by)
    roster_import.state, roster_import.applied_at, roster_import.file = State.APPLIED, timezone.now(), b""
    roster_import.save(update_fields=["state", "applied_at", "file"])
    record(by, "applied", roster_import, **facts)
    return roster_import


def _require(roster_import: RosterImport, *states: str) -> None:
    if roster_import.state not in states:
        raise RuleBroken(f"这份名册{roster_import.get_state_display()}，不能再导入，请重新上传")


def _diff(roster_import: RosterImport, progress: Progress) -> Diff:
    progress(0, 3, "正在打开文件")
    rows = read_xlsx(io.BytesIO(bytes(roster_import.file)))
    uploaded_on = timezone.localdate(roster_import.uploaded_at)
    sheet = read_sheet(
        rows,
        roster_import.school,
        uploaded_on,
        lambda row: progress(row, 3 * len(rows), f"已读 {row} 行，共 {len(rows)} 行"),
    )
    progress(1, 3, "正在与现有名册比对")
    return compare(sheet, roster_import.school)
