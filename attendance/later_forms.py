"""补记离校: the children of one class, as a leader writes them down."""

import re

from django import forms

from staffing.selectors import moment

from .day_forms import CLOCK

CHILD = re.compile(r"way-(\d{1,18})")
SOURCES = ("纸质名单", "值班教师的回忆", "家长电话", "校门口的监控录像")
REASONS = ("设备没电了", "没有网络", "漏点了", "签字以后才改成到校")
NOT_THAT_WAY = "那天不能这样离校，请重新选"


def _often(said):
    return forms.ChoiceField(choices=[(one, one) for one in said], required=False)


class LaterForm(forms.Form):
    """Of each child how it left, and when where it was not with the others; of all of them on whose word, and why it comes
    only now."""

    source, reason = _often(SOURCES), _often(REASONS)
    other_source = forms.CharField(max_length=60, required=False)
    other_reason = forms.CharField(max_length=100, required=False)
    time = forms.TimeField(widget=CLOCK, error_messages={"required": "请写几点离校"})

    def __init__(self, data=None, *, day, waiting, before=None):
        """`before`: what was last said of that day, by which the next class begins."""
        super().__init__(data)
        self.day, self.waiting = day, waiting
        common = waiting[0].leaves_at if waiting else ""
        self.initial = {"time": common} | (_as_said(before) if before else {})
        for one in waiting:
            own = one.leaves_at if one.leaves_at != common else ""
            self.fields[f"way-{one.student.pk}"] = forms.ChoiceField(
                choices=list(one.ways.items()), required=False, error_messages={"invalid_choice": NOT_THAT_WAY}
            )
            self.fields[f"time-{one.student.pk}"] = forms.TimeField(widget=CLOCK, required=False, initial=own)

    def clean(self):
        self._say_one("source", "请选据谁的话，或者写在“其他”里")
        self._say_one("reason", "请选当时为什么没有登记，或者写在“其他”里")
        for one in self.waiting:
            way, clock = f"way-{one.student.pk}", f"time-{one.student.pk}"
            typed = self.data.get(clock)
            if typed and typed != self[clock].initial and not self.data.get(way):
                self.add_error(way, "请选怎样离校的")
        if not self.ticked:
            self.add_error(None, "请至少选一个孩子是怎样离校的")
        return self.cleaned_data

    def _say_one(self, what: str, lacks: str) -> None:
        """One of the usual answers or other words; nobody guesses which of two was meant."""
        picked, other = (self.cleaned_data.get(name) for name in (what, f"other_{what}"))
        self.cleaned_data[what] = picked or other
        if picked and other:
            self.add_error(what, "上面选了，“其他”里也写了，只能留一样")
        elif not (picked or other or self.has_error(what)):
            self.add_error(what, lacks)

    @property
    def ticked(self) -> set[int]:
        """The children of whom something was said, also those who are no longer on the list."""
        return {int(name[1]) for key in self.data if (name := CHILD.fullmatch(key)) and self.data[key]}

    @property
    def said(self) -> dict:
        """By child: the way and the moment, of those that are still on the list."""
        said = {}
        for one in self.waiting:
            way, own = (self.cleaned_data[f"{what}-{one.student.pk}"] for what in ("way", "time"))
            if way:
                said[one.student.pk] = way, moment(self.day, own or self.cleaned_data["time"])
        return said

    @property
    def together(self) -> list:
        """Each child that left as was to be expected, with its two fields; all are ticked by one tap."""
        return [self._line(one) for one in self.waiting if one.expected]

    @property
    def one_by_one(self) -> list:
        return [self._line(one) for one in self.waiting if not one.expected]

    def _line(self, one):
        return one, self[f"way-{one.student.pk}"], self[f"time-{one.student.pk}"]


def _as_said(before) -> dict[str, str]:
    source = "source" if before.source in SOURCES else "other_source"
    reason = "reason" if before.reason in REASONS else "other_reason"
    return {source: before.source, reason: before.reason}
