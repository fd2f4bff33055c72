"""服务内容: what was done in a session, with its photos; and the day's list for those who lead."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from afterschool.access.capabilities import Capability
from afterschool.access.gate import requires
from afterschool.errors import RuleBroken
from afterschool.refusals import tell
from staffing.asked import day_asked, school_asked

from ..actions.log import write_log
from ..actions.photos import add_photo, remove_photo
from ..log_forms import LogForm, PhotoForm
from ..models import DayClose, Session, SessionPhoto
from ..selectors import sessions_open_to
from ..selectors.log import heard_in, last_logged, log_lines, photos_open_to


@requires(Capability.TAKE_ROLL)
def log(request, reach, session_id):
    session = _session(request, reach, session_id)
    said = {"activity": session.activity, "content": session.content}
    form = LogForm(request.POST or None, initial=said)
    if form.is_valid():
        try:
            write_log(session, **form.cleaned_data, now=timezone.now(), by=request.actor)
        except RuleBroken as refusal:
            tell(form, refusal)
        else:
            messages.success(request, "服务内容已记下")
            return redirect("attendance:log", session_id)
    return _page(request, session, form=form, status=422 if form.is_bound else 200)


@require_POST
@requires(Capability.TAKE_ROLL)
def log_photo_add(request, reach, session_id):
    session, form = _session(request, reach, session_id), PhotoForm(request.POST, request.FILES)
    if form.is_valid():
        try:
            add_photo(session, **form.cleaned_data, now=timezone.now(), by=request.actor)
        except RuleBroken as refusal:
            tell(form, refusal)
        else:
            messages.success(request, "照片已存：缩小了，拍摄地点和时间等信息已去掉")
            return redirect("attendance:log", session_id)
    return _page(request, session, photo_form=form, status=422)


@require_safe
@requires(Capability.TAKE_ROLL, Capability.SEE_ATTENDANCE)
def photo(request, reach, pk):
    """The picture itself, only to those who may see the session; `requires` keeps it out of caches."""
    found = get_object_or_404(photos_open_to(request.actor), pk=pk)
    headers = {"X-Content-Type-Options": "nosniff", "Content-Disposition": "inline"}
    return HttpResponse(bytes(found.image), content_type="image/jpeg", headers=headers)


@require_POST
@requires(Capability.TAKE_ROLL)
def photo_remove(request, reach, pk):
    mine = sessions_open_to(request.actor, Session.objects.within(reach))
    found = get_object_or_404(SessionPhoto.objects.filter(session__in=mine).defer("image"), pk=pk)
    session_id = found.session_id
    remove_photo(found, by=request.actor)
    messages.success(request, "照片已删除")
    return redirect("attendance:log", session_id)


@require_safe
@requires(Capability.SEE_ATTENDANCE)
def logs(request, reach):
    """The day's sessions with what was done in them: what is missing first, then what sounds forbidden."""
    school, day = school_asked(request, reach), day_asked(request)
    lines = log_lines(school, day, reach)
    context = {"school": school, "day": day, "lines": lines}
    context["missing"] = sum(line.session.logged_at is None for line in lines)
    context["leads"] = school.pk in request.actor.reach(Capability.LEAD_DAY).schools
    return render(request, "attendance/log_list.html", context)


def _session(request, reach, pk) -> Session:
    sessions = Session.objects.held().within(reach).select_related("school__bureau", "section__offering", "logged_by")
    return get_object_or_404(sessions_open_to(request.actor, sessions), pk=pk)


def _page(request, session, form=None, photo_form=None, status=200):
    context = {
        "session": session,
        "form": form or LogForm(initial={"activity": session.activity, "content": session.content}),
        "photo_form": photo_form or PhotoForm(initial={"place": session.place}),
        "photos": session.photos.defer("image").select_related("added_by"),
        "heard": heard_in(session) if session.content_flag else [],
        "last": None if session.logged_at else last_logged(session),
        "is_signed": DayClose.objects.filter(school=session.school_id, day=session.day).exists(),
    }
    return render(request, "attendance/log.html", context, status=status)
