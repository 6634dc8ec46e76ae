"""The two addresses a browser passes: to the provider and back. Plain views, so that no transaction waits meanwhile."""

from __future__ import annotations

from urllib.parse import quote, urlencode

import structlog
from django.db import connections, transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.views.decorators.http import require_GET

from linli.kernel import clock
from linli.kernel.actors import system
from linli.kernel.errors import Problem
from linli.kernel.http import SESSION_COOKIE, address_of
from linli.kernel.ids import uuid7
from linli.kernel.secrets import fingerprint

from .. import actions, changes, cookies
from ..queries import actors
from ..reads import AUDIT
from ..rules import Link
from . import flow as flows
from . import tokens
from .directory import directory
from .errors import NoProvider, ProviderRefused, StateLost, TokenRefused, UnknownIdentity
from .settings import Provider, provider

log = structlog.get_logger("linli.oidc")
SIGN_IN = "/sign-in"


@require_GET
def start(request: HttpRequest) -> HttpResponse:
    """Lead the browser to the provider; `next` is the page to come back to, `fresh=1` has the person prove anew who they are."""
    try:
        there = _provider()
        endpoint = directory(there).description().authorization
    except Problem as problem:
        return _refuse(problem)
    flow = flows.begin(request.GET.get("next", "/"), fresh=request.GET.get("fresh") == "1")
    answer = HttpResponseRedirect(flows.address(endpoint, there, flow))
    cookies.set_private(request, answer, flows.COOKIE, flows.pack(flow), int(flows.LIFE.total_seconds()), flows.PATH)
    return _not_kept(answer)


@require_GET
def callback(request: HttpRequest) -> HttpResponse:
    """Back from the provider: take the code to a token, the token to an account, the account to a session."""
    try:
        there = _provider()
        flow = flows.unpack(request.COOKIES.get(flows.COOKIE, ""), request.GET.get("state", ""))
        who = _identify(request, there, flow)
        outcome = _sign_in(request, there, who, flow.fresh)
    except Problem as problem:
        answer = _refuse(problem)
    else:
        page = flow.following
        if isinstance(outcome, actions.StepToCome):
            page = f"{SIGN_IN}?{urlencode({'step': '1', 'next': page})}"
        answer = HttpResponseRedirect(page)
        cookies.give(request, answer, outcome)
    answer.delete_cookie(flows.COOKIE, path=flows.PATH, samesite="Lax")
    return _not_kept(answer)


def _provider() -> Provider:
    found = provider()
    if found is None:
        raise NoProvider()
    return found


def _identify(request: HttpRequest, there: Provider, flow: flows.Flow) -> tokens.Identified:
    """Whom the provider names. Raises ProviderRefused, ProviderDown, TokenRefused, StateLost."""
    known = directory(there)
    named = request.GET.get("iss")
    if (named is None and known.description().names_itself) or named not in (None, there.issuer):
        raise StateLost()  # RFC 9207: the answer is another provider's
    code = request.GET.get("code", "")
    if not code or "error" in request.GET:
        raise ProviderRefused()
    token = known.redeem(code, flow.verifier)
    who = tokens.verify(token, known.key(tokens.key_id(token)), there, flow.nonce, flow.start, clock.now(), flow.fresh)
    with transaction.atomic(using=AUDIT), connections[AUDIT].cursor() as cursor:
        nonce = fingerprint("content", f"nonce:{flow.nonce}")
        cursor.execute(
            "SELECT access_use_nonce(%s, %s, %s, %s)", [uuid7(), nonce, flow.start + flows.LIFE, clock.now()]
        )
        if not cursor.fetchone()[0]:
            raise TokenRefused("replayed")
    return who


def _sign_in(
    request: HttpRequest, there: Provider, who: tokens.Identified, fresh: bool
) -> actions.Opened | actions.StepToCome:
    """Open a session for the account that is linked to whom the provider names. Raises UnknownIdentity, IdentityUnproved."""
    address = address_of(request)
    with transaction.atomic():
        if before := request.COOKIES.get(SESSION_COOKIE):
            begun = actors.begin(before, request.request_id, address, own=True)  # type: ignore[attr-defined]
            actions.sign_out(begun.session_id if begun else None)
        with connections["default"].cursor() as cursor:
            cursor.execute(
                "SELECT account, username, linked, identity, vouched, proved FROM access_identified(%s, %s, %s, %s, %s)",
                [uuid7(), there.issuer, who.subject, who.username, clock.now()],
            )
            account, username, linked, identity, vouched, proved = cursor.fetchone()
        if account is None:
            raise UnknownIdentity(who.subject)
        if linked:
            _record_link(account, who.subject, request.request_id)  # type: ignore[attr-defined]
        agent = request.headers.get("User-Agent", "")
        found = actions.Identified(account, username, identity, Link(vouched, proved))
        return actions.sign_in_identified(found, who.strong, address, agent, proved=fresh)


def _record_link(account: object, subject: str, request_id: str) -> None:
    area = actors.of_account(str(account), request_id).extra["unit_area"]
    changes.record(system("claim", area), "access.identity.link", "account", account, area, {"subject": subject})


def _refuse(problem: Problem) -> HttpResponse:
    """Back to the sign-in page with what went wrong. The subject an administrator needs goes where no server sees it."""
    log.warning("not signed in", code=problem.code, reason=problem.params.get("reason", ""))
    said = urlencode({"problem": problem.code})
    subject = f"#subject={quote(problem.subject, safe='')}" if isinstance(problem, UnknownIdentity) else ""
    return HttpResponseRedirect(f"{SIGN_IN}?{said}{subject}")


def _not_kept(answer: HttpResponse) -> HttpResponse:
    answer["Cache-Control"] = "no-store"
    return answer
