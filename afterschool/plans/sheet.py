"""One part of a plan as it is being typed, and all the page shows beside it."""

from datetime import date

from django.urls import reverse

from .drafts import Finding
from .forms import OfferingForm, Told, part_form
from .models import Minutes, Offering, Plan
from .parts import PART, PARTS, Part
from .selectors import filing_facts, findings


class Sheet:
    """A part's own fields, and on 时间与收费 the services."""

    def __init__(self, plan: Plan, key: str, data=None):
        self.plan, self.part = plan, PART.get(key, PARTS[0])
        self.form = part_form(self.part)(data, instance=plan)
        self.offerings = list(plan.offerings.select_related("school"))
        timed = self.offerings if self.part.key == "time" else []
        self.services = [OfferingForm(data, instance=each, prefix=f"o{each.pk}") for each in timed]

    def is_valid(self) -> bool:
        for form in self.forms:
            form.full_clean()
        names = [form.cleaned_data.get("name") for form in self.services]
        for form in self.services:
            if (name := form.cleaned_data.get("name")) and names.count(name) > 1:
                form.add_error("name", f"有两项都叫“{name}”，请改一个名字")
        return all(form.is_valid() for form in self.forms)

    @property
    def forms(self) -> list[Told]:
        return [self.form, *self.services]

    @property
    def url(self) -> str:
        return _url(self.plan, self.part)

    @property
    def next_url(self) -> str:
        """The next part, and after the last one the whole form to read once more."""
        after = PARTS.index(self.part) + 1
        if after == len(PARTS):
            return reverse("plans:plan-detail", args=[self.plan.pk])
        return _url(self.plan, PARTS[after])

    @property
    def written(self) -> list[tuple[Offering, dict]]:
        return [(form.instance, form.written) for form in self.services]

    def facts(self, today: date) -> dict:
        """The page: the boxes, what is wrong at each of them, and the findings beside them."""
        found = self._findings()
        places = self._places(found)
        for form in self.forms:
            for box in form:
                box.wrong = places.get(f"e-{box.html_name}", [])  # type: ignore[attr-defined]
        blocking = [finding for finding in found if finding.blocks]
        return {
            "plan": self.plan,
            "part": self.part,
            "sheet": self,
            "steps": self._steps(blocking),
            "breaches": [finding for finding in blocking if finding.level != "missing"],
            "missing": [finding for finding in blocking if finding.level == "missing"],
            "warnings": [finding for finding in found if not finding.blocks and finding.level not in {"ok", "note"}],
            "notes": [finding for finding in found if finding.level == "note"],
            "passed": [finding for finding in found if finding.level == "ok"],
            "expected": sum(each.expected or 0 for each in self.offerings if each.kind == Offering.Kind.BASIC),
            "minutes": Minutes.objects.filter(plan=self.plan).defer("file").first(),
            "returned": self.plan.reviews.last() if self.plan.state == Plan.State.RETURNED else None,
            **filing_facts(self.plan, today),
        }

    def _findings(self) -> list[Finding]:
        """The law's findings of what could be read, and what could not be read."""
        misread = [
            Finding("breach", str(error), None, self.part.key, name, self._title(form), _offering_id(form))
            for form in self.forms
            for name, errors in form.errors.items()
            for error in errors
        ]
        told = {(finding.offering_id, finding.field) for finding in misread}
        typed = [form.instance for form in self.services] or self.offerings
        law = [finding for finding in findings(self.plan, typed) if (finding.offering_id, finding.field) not in told]
        return misread + law

    def _title(self, form: Told) -> str:
        return form.instance.name if isinstance(form.instance, Offering) else self.part.title

    def _places(self, found: list[Finding]) -> dict[str, list[Finding]]:
        places: dict[str, list[Finding]] = {}
        for finding in found:
            if finding.level not in {"ok", "warn", "note"}:
                prefix = f"o{finding.offering_id}-" if finding.offering_id else ""
                places.setdefault(f"e-{prefix}{finding.field}", []).append(finding)
        return places

    def _steps(self, blocking: list[Finding]) -> list[tuple[Part, str]]:
        open_parts = {finding.part for finding in blocking}
        steps = []
        for part in PARTS:
            state = "now" if part == self.part else "" if part.key in open_parts else "done"
            steps.append((part, state))
        return steps


def _url(plan: Plan, part: Part) -> str:
    return reverse("plans:plan-part", args=[plan.pk, part.key])


def _offering_id(form: Told) -> int | None:
    return form.instance.pk if isinstance(form.instance, Offering) else None
