"""What people fill in, a file for the registry of a school and one for what the bureau keeps."""

from .bureau import BureauForm, BureauPostForm, NewSchoolForm, SchoolForm, TermForm
from .fields import PlainForm
from .registry import (
    ApplyForm,
    CalendarChangeForm,
    ClassChoiceForm,
    NameSearchForm,
    PostEndForm,
    PostForm,
    RosterForm,
)

__all__ = [
    "ApplyForm",
    "BureauForm",
    "BureauPostForm",
    "CalendarChangeForm",
    "ClassChoiceForm",
    "NameSearchForm",
    "NewSchoolForm",
    "PlainForm",
    "PostEndForm",
    "PostForm",
    "RosterForm",
    "SchoolForm",
    "TermForm",
]
