from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from afterschool.access.capabilities import Capability
from afterschool.access.gate import requires
from afterschool.errors import RuleBroken
from afterschool.refusals import tell

from ..actions import end_post, give_post
from ..forms import PostEndForm, PostForm
from ..models import Post
from ..selectors import classes_of_the_year, posts_by_role


@require_safe
@requires(Capability.SEE_REGISTRY)
def post_list(request, reach):
    context = {
        "roles": posts_by_role(reach, timezone.localdate()),
        "may_keep": request.actor.may(Capability.KEEP_REGISTRY),
    }
    return render(request, "schools/post_list.html", context)


@requires(Capability.KEEP_REGISTRY)
def post_create(request, reach):
    first = {"began_on": timezone.localdate(), "klass": request.GET.get("klass"), "role": request.GET.get("role")}
    form = PostForm(request.POST or None, initial=first, reach=reach, classes=classes_of_the_year(reach))
    if form.is_valid():
        try:
            post = give_post(**form.wish(), by=request.actor)
        except RuleBroken as refusal:
            tell(form, refusal)
        else:
            messages.success(request, f"{post.person.name}已任{post.get_role_display()}，自 {post.began_on} 起")
            return redirect("schools:post-list")
    return render(request, "schools/post_create.html", {"form": form}, status=422 if form.is_bound else 200)


@requires(Capability.KEEP_REGISTRY)
def post_end(request, reach, pk):
    return end(request, Post.objects.within(reach), pk, back="schools:post-list")


def end(request, posts, pk, *, back):
    """The page that ends one of `posts`; afterwards `back` to where they are listed."""
    post = get_object_or_404(posts.select_related("person", "school", "school_class"), pk=pk)
    form = PostEndForm(request.POST or None, initial={"ended_on": timezone.localdate()})
    if form.is_valid():
        try:
            end_post(post, **form.cleaned_data, by=request.actor)
        except RuleBroken as refusal:
            tell(form, refusal)
        else:
            messages.success(
                request, f"{post.person.name}的{post.get_role_display()}岗位到 {form.cleaned_data['ended_on']} 为止"
            )
            return redirect(back)
    context = {"form": form, "post": post, "back": back}
    return render(request, "schools/post_end.html", context, status=422 if form.is_bound else 200)
