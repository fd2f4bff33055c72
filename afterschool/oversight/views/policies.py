"""A bureau reads its policy, tries another, and adopts it by two people."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from afterschool.access.capabilities import Capability
from afterschool.access.gate import requires
from afterschool.errors import RuleBroken
from afterschool.policy.checking import check
from afterschool.policy.comparing import diff
from afterschool.policy.loader import PolicyFileError, parse
from afterschool.policy.reading import document
from afterschool.refusals import tell
from afterschool.schools.actions import decline_adoption, upload_policy
from afterschool.schools.models import Adoption, PolicyText
from afterschool.schools.views.bureaus import bureau_of
from afterschool.xlsx import write_xlsx
from billing.views.saying import spreadsheet

from .. import actions, policies
from ..forms import DeclineForm, PolicyForm, ProposalForm


@require_safe
@requires(Capability.WATCH_SCHOOLS)
def policy_list(request, reach):
    """The policy in force to read, what comes and what was, and the files that are on trial."""
    bureau, today = bureau_of(reach), timezone.localdate()
    standing = policies.standing(bureau, today)
    context = {
        "standing": standing,
        "clauses": document(standing.now.policy, today) if standing.now else [],
        "waiting": policies.waiting(bureau),
        "texts": policies.on_trial(bureau),
        "may_adopt": request.actor.may(Capability.ADOPT_POLICIES),
    }
    return render(request, "oversight/policy_list.html", context)


@requires(Capability.ADOPT_POLICIES)
def policy_upload(request, reach, code=""):
    """A new file, or with `code` the one on trial, to be mended."""
    first = get_object_or_404(PolicyText, code=code, bureau=bureau_of(reach)) if code else None
    initial = {"body": first.body, "notice": first.notice} if first else None
    form = PolicyForm(request.POST, request.FILES) if request.method == "POST" else PolicyForm(initial=initial)
    trouble = {}
    if form.is_valid():
        try:
            text = upload_policy(bureau_of(reach), **form.wish(), by=request.actor)
            return redirect("oversight:policy-check", text.code)
        except PolicyFileError as error:
            trouble = {"error": error, "lines": form.point_out(error)}
        except RuleBroken as refusal:
            tell(form, refusal)
    context = {"form": form, "text": first, **trouble}
    return render(request, "oversight/policy_upload.html", context, status=422 if form.is_bound else 200)


@require_safe
@requires(Capability.ADOPT_POLICIES)
def policy_check(request, reach, code):
    text, policy = _read(reach, code)
    context = {"text": text, "policy": policy, "report": check(policy, notice=text.notice or None)}
    return render(request, "oversight/policy_check.html", context)


@require_safe
@requires(Capability.ADOPT_POLICIES)
def policy_difference(request, reach, code):
    text, policy = _read(reach, code)
    now = policies.standing(text.bureau, timezone.localdate()).now
    context = {"text": text, "now": now, "changes": diff(now.policy, policy) if now else []}
    return render(request, "oversight/policy_difference.html", context)


@require_safe
@requires(Capability.ADOPT_POLICIES)
def policy_effect(request, reach, code):
    """School by school; while jobs are under way, htmx asks for the panel again and again."""
    text = _text(reach, code)
    context = {"text": text, "effects": policies.effects_of(text)}
    page = "_policy_effects.html" if request.htmx else "policy_effect.html"
    return render(request, f"oversight/{page}", context)


@require_POST
@requires(Capability.ADOPT_POLICIES)
def policy_effect_begin(request, reach, code):
    actions.work_out_effects(_text(reach, code), today=timezone.localdate(), by=request.actor)
    return redirect("oversight:policy-effect", code)


@require_safe
@requires(Capability.ADOPT_POLICIES)
def policy_effect_xlsx(request, reach, code):
    text = _text(reach, code)
    return spreadsheet(write_xlsx([policies.effect_sheet(text, policies.effects_of(text))]), f"effect-{code}")


@requires(Capability.ADOPT_POLICIES)
def policy_adoption(request, reach, code):
    """Propose from a date; where a proposal waits, see it and answer it."""
    text = _text(reach, code)
    form = ProposalForm(request.POST) if request.method == "POST" else None
    if form and form.is_valid():
        try:
            actions.propose(text, **form.cleaned_data, by=request.actor)
        except RuleBroken as refusal:
            tell(form, refusal)
        else:
            messages.success(request, "已提请，等局里另一位确认")
            return redirect("oversight:policy-adoption", code)
    return _adoption_page(request, text, proposal=form)


@require_POST
@requires(Capability.ADOPT_POLICIES)
def adoption_confirm(request, reach, pk):
    adoption = _adoption(reach, pk)
    try:
        actions.confirm(adoption, now=timezone.now(), by=request.actor)
    except RuleBroken as refusal:
        return _adoption_page(request, _text(reach, adoption.policy), refusal=refusal)
    messages.success(request, f"已确认，自{adoption.began_on:%Y年%-m月%-d日}起执行，各校校长已收到通知")
    return redirect("oversight:policy-list")


@require_POST
@requires(Capability.ADOPT_POLICIES)
def adoption_decline(request, reach, pk):
    adoption, form = _adoption(reach, pk), DeclineForm(request.POST)
    if form.is_valid():
        try:
            decline_adoption(adoption, **form.wish(), now=timezone.now(), by=request.actor)
            messages.success(request, "已写明不采用，文件可以改了再提")
            return redirect("oversight:policy-adoption", adoption.policy)
        except RuleBroken as refusal:
            tell(form, refusal)
    return _adoption_page(request, _text(reach, adoption.policy), decline=form)


def _text(reach, code) -> PolicyText:
    return get_object_or_404(PolicyText.objects.select_related("bureau"), code=code, bureau__in=reach.bureaus)


def _read(reach, code):
    text = _text(reach, code)
    return text, parse(text.body, text.file_name)


def _adoption(reach, pk) -> Adoption:
    """A proposal of the bureau about a file of its own."""
    proposals = Adoption.objects.exclude(proposed_by=None).filter(bureau__in=reach.bureaus)
    return get_object_or_404(proposals.select_related("bureau"), pk=pk)


def _adoption_page(request, text, *, proposal=None, decline=None, refusal=None):
    earliest, why = policies.first_free_month(text.bureau, timezone.localdate())
    waiting = policies.waiting(text.bureau)
    context = {
        "text": text,
        "history": policies.history(text),
        "effects": policies.effects_of(text),
        "waiting": waiting,
        "why_not_earlier": why,
        "proposal": proposal or ProposalForm(initial={"began_on": earliest}),
        "decline": decline or DeclineForm(),
        "refusal": refusal,
        "is_mine": waiting and waiting[0].proposed_by_id == request.actor.person_id,
    }
    wrong = proposal or decline or refusal
    return render(request, "oversight/policy_adoption.html", context, status=422 if wrong else 200)
