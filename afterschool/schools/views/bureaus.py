"""What the bureau's keeper sets up: the bureau itself, its terms, its people."""

from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from afterschool.access.capabilities import Capability, Role
from afterschool.access.gate import requires
from afterschool.access.reach import Reach
from afterschool.errors import RuleBroken
from afterschool.refusals import tell

from ..actions import change_bureau, give_post, open_term
from ..forms import BureauForm, BureauPostForm, TermForm
from ..models import Bureau
from ..rules import adoptions_of
from ..selectors import bureau_posts, held_from
from .posts import end


@requires(Capability.KEEP_BUREAU)
def bureau_edit(request, reach):
    bureau = bureau_of(reach)
    form = BureauForm.of(bureau, request.POST or None)
    if form.is_valid():
        try:
            change_bureau(bureau, **form.cleaned_data, by=request.actor)
        except RuleBroken as refusal:
            tell(form, refusal)
        else:
            messages.success(request, "本局信息已保存")
            return redirect("schools:bureau-edit")
    context = {"form": form, "bureau": bureau, "adoptions": adoptions_of(bureau)}
    return render(request, "schools/bureau_edit.html", context, status=422 if form.is_bound else 200)


@require_safe
@requires(Capability.KEEP_BUREAU)
def term_list(request, reach):
    return render(request, "schools/term_list.html", {"terms": bureau_of(reach).terms.all()})


@requires(Capability.KEEP_BUREAU)
def term_create(request, reach):
    form = TermForm(request.POST or None)
    if form.is_valid():
        try:
            term = open_term(bureau_of(reach), **form.cleaned_data, by=request.actor)
        except RuleBroken as refusal:
            tell(form, refusal)
        else:
            messages.success(request, f"{term}已开，各校可以写方案了")
            return redirect("schools:term-list")
    return render(request, "schools/term_create.html", {"form": form}, status=422 if form.is_bound else 200)


@require_safe
@requires(Capability.KEEP_BUREAU)
def bureau_post_list(request, reach):
    posts = bureau_posts(bureau_of(reach)).order_by("school__name", "began_on")
    return render(request, "schools/bureau_post_list.html", {"roles": held_from(posts, timezone.localdate())})


@requires(Capability.KEEP_BUREAU)
def bureau_post_create(request, reach):
    school = request.GET.get("school")
    first = {"began_on": timezone.localdate(), "school": school, "role": Role.SCHOOL_ADMIN.name if school else ""}
    form = BureauPostForm(request.POST or None, initial=first, bureau=bureau_of(reach))
    if form.is_valid():
        try:
            post = give_post(**form.wish(), by=request.actor)
        except RuleBroken as refusal:
            tell(form, refusal)
        else:
            messages.success(request, f"{post.person.name}已任{post.get_role_display()}，自 {post.began_on} 起")
            return redirect("schools:bureau-post-list")
    return render(request, "schools/bureau_post_create.html", {"form": form}, status=422 if form.is_bound else 200)


@requires(Capability.KEEP_BUREAU)
def bureau_post_end(request, reach, pk):
    return end(request, bureau_posts(bureau_of(reach)), pk, back="schools:bureau-post-list")


def bureau_of(reach: Reach) -> Bureau:
    """The bureau this person keeps."""
    bureau = Bureau.objects.filter(pk__in=reach.bureaus).first()
    if bureau is None:
        raise Http404
    return bureau
