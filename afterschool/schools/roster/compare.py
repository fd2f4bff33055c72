"""What importing a sheet would change: the sheet held against the register, in four queries, and nothing written."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass, field

from afterschool.access.models import Person
from afterschool.templatetags.words import phone_mask

from ..models import Guardianship, School, SchoolClass, Student
from .sheet import SAY, Entry, Guardian, Odd, Sheet
from .words import FLAGS

FIELDS = {"name": "姓名", "sex": "性别", "born_on": "出生日期", "boards": "寄宿", **FLAGS}


@dataclass(frozen=True)
class Change:
    """One thing of one child, as it is and as it would be."""

    word: str
    old: str
    new: str


@dataclass(frozen=True)
class Link:
    """A guardian as the sheet has it. `held`: the open guardianship it alters; `ends`: the one it replaces."""

    guardian: Guardian
    is_primary: bool
    held: Guardianship | None = None
    ends: Guardianship | None = None


@dataclass
class Difference:
    """One child of the sheet: new where there is no student yet."""

    entry: Entry
    student: Student | None
    changes: list[Change] = field(default_factory=list)
    moved: Change | None = None
    links: list[Link] = field(default_factory=list)

    @property
    def is_any(self) -> bool:
        return bool(self.student is None or self.changes or self.moved)


@dataclass
class Diff:
    school_year: int
    differences: list[Difference]
    left: list[Student]
    same: int
    odd: list[Odd]
    people: dict[str, Person]

    def preview(self) -> dict:
        """What the page shows, as plain values. Phones are masked: the preview is kept."""
        known = [it for it in self.differences if it.student]
        return {
            "school_year": self.school_year,
            "same": self.same,
            "new": [
                {**_who(it.entry, _class_word(it.entry)), "place": [it.entry.grade, it.entry.class_number]}
                for it in self.differences
                if not it.student
            ],
            "changed": [
                {**_who(it.entry, _class_word(it.entry)), "changes": [asdict(change) for change in it.changes]}
                for it in known
                if it.changes
            ],
            "moved": [{**_who(it.entry, it.moved.new), "old": it.moved.old} for it in known if it.moved],
            "left": [{"id": it.pk, **_who(it, str(it.school_class))} for it in self.left],
            "odd": [asdict(odd) for odd in sorted(self.odd, key=lambda odd: odd.row)],
        }


def compare(sheet: Sheet, school: School) -> Diff:
    students = {it.number: it for it in school.students.select_related("school_class")}
    guardians: dict[int, dict[str, Guardianship]] = {}
    for held in Guardianship.objects.filter(school=school, ended_on=None).select_related("person"):
        guardians.setdefault(held.student_id, {})[held.person.phone] = held
    phones = {guardian.phone for entry in sheet.entries for guardian in entry.guardians}
    people = {person.phone: person for person in Person.objects.filter(phone__in=phones)}

    every = [_difference(entry, students.get(entry.number), guardians, sheet.school_year) for entry in sheet.entries]
    differences = [it for it in every if it.is_any]
    return Diff(
        school_year=sheet.school_year,
        differences=differences,
        left=[it for it in students.values() if it.left_on is None and it.number not in sheet.numbers],
        same=len(every) - len(differences),
        odd=[*sheet.odd, *_other_names(sheet.entries, people)],
        people=people,
    )


def _difference(entry: Entry, student: Student | None, guardians: dict, school_year: int) -> Difference:
    open_ones = guardians.get(student.pk, {}) if student else {}
    links = list(_links(entry, open_ones))
    if student is None:
        return Difference(entry, None, links=links)
    changes = [
        Change(FIELDS[key], _word(key, getattr(student, key)), _word(key, new))
        for key in FIELDS
        if getattr(student, key) != (new := getattr(entry, key))
    ]
    if student.left_on:
        changes.append(Change("在校情况", f"{student.left_on} 离校", "在校"))
    changes += [_link_change(link) for link in links]
    old = student.school_class
    stays = (old.school_year, old.grade, old.number) == (school_year, entry.grade, entry.class_number)
    moved = None if stays else Change("班级", _old_class(old, school_year), _class_word(entry))
    return Difference(entry, student, changes, moved, links)


def _links(entry: Entry, held: dict[str, Guardianship]) -> Iterable[Link]:
    """Guardianships to begin or to alter. Who merely lacks in the sheet stays; a person's new phone replaces the old."""
    names = {guardian.name for guardian in entry.guardians}
    phones = {guardian.phone for guardian in entry.guardians}
    elsewhere = {phone: one for phone, one in held.items() if phone not in phones}
    first_is_elsewhere = any(one.is_primary and one.person.name not in names for one in elsewhere.values())
    for place, guardian in enumerate(entry.guardians):
        known, is_primary = held.get(guardian.phone), place == 0 and not first_is_elsewhere
        if known and (known.relation, known.is_primary) == (guardian.relation, is_primary):
            continue
        gone = [one for one in elsewhere.values() if one.person.name == guardian.name and not known]
        yield Link(guardian, is_primary, held=known, ends=gone[0] if gone else None)


def _other_names(entries: Iterable[Entry], people: dict[str, Person]) -> Iterable[Odd]:
    """One phone is one person. Where names differ the known one stays, and the clerk is told."""
    names = {phone: (person.name, "系统里已登记为") for phone, person in people.items()}
    for entry in entries:
        for guardian in entry.guardians:
            name, where = names.setdefault(guardian.phone, (guardian.name, f"第 {entry.row} 行是"))
            if name != guardian.name:
                phone = phone_mask(guardian.phone)
                yield Odd(
                    entry.row, f"监护人“{guardian.name}”的电话 {phone} {where}“{name}”，按“{name}”登记，请核对", SAY
                )


def _who(child: Entry | Student, school_class: str) -> dict:
    return {"number": child.number, "name": child.name, "school_class": school_class}


def _class_word(entry: Entry) -> str:
    return str(SchoolClass(grade=entry.grade, number=entry.class_number))


def _old_class(old: SchoolClass, school_year: int) -> str:
    return str(old) if old.school_year == school_year else f"{old}（{old.school_year}学年）"


def _word(key: str, value) -> str:
    if isinstance(value, bool):
        return "是" if value else "否"
    return Student.Sex(value).label if key == "sex" else str(value)


def _link_change(link: Link) -> Change:
    old = link.held or link.ends
    was = _guardian_word(old.relation, old.person.name, old.person.phone, old.is_primary) if old else "无"
    name = link.held.person.name if link.held else link.guardian.name
    return Change("监护人", was, _guardian_word(link.guardian.relation, name, link.guardian.phone, link.is_primary))


def _guardian_word(relation: str, name: str, phone: str, is_primary: bool) -> str:
    return f"{relation} {name} {phone_mask(phone)}" + ("（第一联系人）" if is_primary else "")
