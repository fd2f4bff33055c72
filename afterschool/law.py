"""The law library's reading room: what a policy says, clause by clause, in its own words."""

from django.http import Http404
from django.shortcuts import render
from django.urls import path

from afterschool.access.gate import public
from afterschool.policy import codes, load
from afterschool.policy.book import Policy


@public("published documents")
def policy_show(request, name):
    policy = _find(name)
    return render(request, "law/policy.html", {"policy": policy, "clauses": _clauses(policy)})


@public("published documents")
def policy_clause(request, name, clause):
    policy = _find(name)
    quotes = _clauses(policy).get(clause)
    if quotes is None:
        raise Http404
    return render(request, "law/clause.html", {"policy": policy, "clause": clause, "quotes": quotes})


def _find(name: str) -> Policy:
    """By code or by the short title that chips carry."""
    for policy in map(load, codes()):
        if name in (policy.code, policy.short):
            return policy
    raise Http404


def _clauses(policy: Policy) -> dict[str, list[str]]:
    """The sentences our rules rest on, by clause, in the order of the document."""
    clauses: dict[str, dict[str, None]] = {}
    for rule in policy.rules:
        clauses.setdefault(rule.cite.clause, {})[rule.cite.quote] = None
    return {clause: list(quotes) for clause, quotes in clauses.items()}


urlpatterns = [
    path("<str:name>/", policy_show, name="policy-show"),
    path("<str:name>/<path:clause>/", policy_clause, name="policy-clause"),
]
