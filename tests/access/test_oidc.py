"""Signing in with an identity provider: a real one on this machine, and every way in which its answer may not hold."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit
from urllib.request import HTTPRedirectHandler, Request, build_opener

import oidc_provider as idps
import pytest
import staff
from django.test import Client
from joserfc.jwk import OctKey
from pyotp import HOTP

from linli.access import totp
from linli.access.models import ChangeLog, Identity, Session
from linli.access.oidc import directory as directories
from linli.access.oidc import flow as flows
from linli.access.oidc.directory import NEW_KEYS, REST
from linli.access.oidc.settings import Provider, read
from linli.kernel import clock, scope

BACK = "http://127.0.0.1:8370/oidc/callback"
PASSWORD = "Kunlun-7-Hill"


@pytest.fixture
def idp(db: str, settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[idps.Idp]:
    settings.ROOT_URLCONF = "linli.project.urls"
    monkeypatch.setenv("no_proxy", "*")
    with idps.running() as running:
        settings.LINLI_OIDC = Provider(running.issuer, idps.CLIENT, idps.SECRET, BACK)
        yield running


@pytest.fixture
def wang(idp: idps.Idp) -> Any:
    """A clerk whom an administrator has linked to u-1001."""
    account = staff.staff("wang", "town_clerk", password=PASSWORD)
    assert link(account, "u-1001").status_code == 201
    return account


def link(account: Any, subject: str) -> Any:
    admin = staff.client(staff.staff(f"head-{account.username}", "district_admin", staff.DISTRICT))
    return call(admin, "POST", f"/accounts/{account.id}/identities", {"subject": subject})


def call(browser: Client, method: str, path: str, body: dict[str, Any] | None = None) -> Any:
    return browser.generic(method, f"/api{path}", json.dumps(body or {}), content_type="application/json")


def begin(browser: Client, following: str = "/people") -> str:
    answer = browser.get("/oidc/start", {"next": following})
    assert answer.status_code == 302, answer.content
    return str(answer["Location"])


def come(browser: Client, idp: idps.Idp, **changed: str) -> Any:
    """Through the provider and back, with the answer changed."""
    return browser.get(idps.back(idp.authorize(begin(browser)) | changed))


def problem(answer: Any) -> str:
    assert answer.status_code == 302 and answer["Location"].startswith("/sign-in?"), answer["Location"]
    return idps.query(answer["Location"])["problem"]


def signed_in(browser: Client) -> bool:
    return bool(browser.get("/api/session").json()["signed_in"])


# --- the way in --------------------------------------------------------------------------------------------------


def test_a_linked_person_gets_in_and_on_to_the_page_they_wanted(idp: idps.Idp, wang: Any) -> None:
    browser = Client()
    assert browser.get("/api/session").json()["provider"] == "统一身份认证"
    answer = come(browser, idp)
    assert answer.status_code == 302 and answer["Location"] == "/people"
    assert browser.get("/api/session").json()["account"]["username"] == "wang"
    cookie = answer.cookies["linli_session"]
    assert cookie["httponly"] and cookie["samesite"] == "Lax"
    with scope.acting(staff.OPERATOR):
        assert Session.objects.filter(account_id=wang.id, method="oidc", factor="").count() == 1


def test_a_provider_that_is_not_ours_serves_as_well(db: str, settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """oidc-provider-mock: Authlib's provider, with its own discovery, keys, form and tokens (RS256)."""
    import oidc_provider_mock

    settings.ROOT_URLCONF = "linli.project.urls"
    monkeypatch.setenv("no_proxy", "*")
    with oidc_provider_mock.run_server_in_thread(require_nonce=True) as server:
        issuer = f"http://localhost:{server.server_port}"
        settings.LINLI_OIDC = Provider(issuer, "linli", "any", BACK)
        account = staff.staff("wang", "town_clerk")
        assert link(account, "staff-7").status_code == 201
        browser = Client()
        form = Request(begin(browser), urlencode({"sub": "staff-7"}).encode(), method="POST")
        returned = _location(form)
        parts = urlsplit(returned)
        answer = browser.get(f"{parts.path}?{parts.query}")
        assert answer["Location"] == "/people", answer["Location"]
        assert browser.get("/api/session").json()["account"]["username"] == "wang"
        assert problem(browser.get(f"{parts.path}?{parts.query}")) == "access.provider_state"


def _location(request: Request) -> str:
    """Where an answer leads, without going there."""

    class Stay(HTTPRedirectHandler):
        def http_error_302(self, req: Any, fp: Any, code: int, msg: str, headers: Any) -> Any:
            return fp

    return str(build_opener(Stay()).open(request).headers["Location"])


def test_only_pages_of_this_site_are_gone_to(idp: idps.Idp, wang: Any) -> None:
    for page in ("https://evil.example/", "//evil.example", "/\\evil.example", "/a\r\nSet-Cookie: x=y", "people"):
        browser = Client()
        back = idps.back(idp.authorize(begin(browser, page)))
        assert browser.get(back)["Location"] == "/"


def test_a_one_time_password_is_no_matter_to_who_comes_from_the_provider(idp: idps.Idp, wang: Any) -> None:
    from linli.access import actions

    with scope.acting(staff.OPERATOR):
        actions.reset_password(staff.OPERATOR, wang.id)
    browser = Client()
    come(browser, idp)
    assert browser.get("/api/session").json()["account"]["must_change_password"] is False
    assert browser.get("/api/areas").status_code == 200


def test_signing_in_ends_the_session_the_browser_had(idp: idps.Idp, wang: Any) -> None:
    browser = staff.client(staff.staff("li", "town_clerk"))
    before = browser.cookies["linli_session"].value
    come(browser, idp)
    old = Client()
    old.cookies["linli_session"] = before
    assert not signed_in(old) and browser.get("/api/session").json()["account"]["username"] == "wang"


# --- whose account it is -----------------------------------------------------------------------------------------


def test_nobody_is_let_in_by_e_mail_or_name(idp: idps.Idp) -> None:
    staff.staff("wang", "town_clerk")
    idp.claims = {"email": "wang@example.cn", "email_verified": True, "preferred_username": "wang", "name": "用户wang"}
    browser = Client()
    answer = come(browser, idp)
    assert problem(answer) == "access.identity_unknown"
    assert urlsplit(answer["Location"]).fragment == "subject=u-1001", "what the administrator needs, seen by no server"
    assert not signed_in(browser)


@pytest.mark.parametrize("claim", ["email", "name", "phone_number"])
def test_a_claim_that_is_a_guess_is_no_setting(claim: str) -> None:
    with pytest.raises(ValueError, match=claim):
        read({"LINLI_OIDC_ISSUER": "https://id.example", "LINLI_OIDC_CLIENT_ID": "x",
              "LINLI_OIDC_REDIRECT_URI": "https://linli.example/oidc/callback", "LINLI_OIDC_CLAIM": claim})  # fmt: skip


@pytest.mark.parametrize(
    ("name", "value"),
    [("ISSUER", "http://id.example"), ("REDIRECT_URI", "http://linli.example/oidc/callback"), ("CLIENT_ID", ""),
     ("REDIRECT_URI", "https://linli.example/elsewhere"), ("ISSUER", "ftp://127.0.0.1")],
)  # fmt: skip
def test_settings_that_weaken_it_stop_the_program(name: str, value: str) -> None:
    right = {"ISSUER": "https://id.example", "CLIENT_ID": "x", "REDIRECT_URI": "https://linli.example/oidc/callback"}
    assert read({f"LINLI_OIDC_{k}": v for k, v in right.items()}) is not None
    with pytest.raises(ValueError, match=r"."):
        read({f"LINLI_OIDC_{k}": v for k, v in (right | {name: value}).items()})


def test_without_the_setting_there_is_no_such_door(db: str, settings: Any) -> None:
    settings.ROOT_URLCONF = "linli.project.urls"
    assert read({}) is None
    for path in ("/oidc/start", "/oidc/callback?code=1&state=2"):
        assert problem(Client().get(path)) == "access.no_provider"


def by_claim(settings: Any, idp: idps.Idp, claim: str = "employee_no") -> None:
    settings.LINLI_OIDC = Provider(idp.issuer, idps.CLIENT, idps.SECRET, BACK, claim=claim)


def test_a_configured_claim_links_the_account_of_that_name_once_and_says_so(idp: idps.Idp, settings: Any) -> None:
    account = staff.staff("wang", "town_clerk")
    by_claim(settings, idp)
    idp.claims = {"employee_no": "Wang"}
    browser = Client()
    assert come(browser, idp)["Location"] == "/people"
    with scope.acting(staff.OPERATOR):
        made = Identity.objects.get()
        assert (made.account_id, made.subject, made.linked_by) == (account.id, "u-1001", "system:claim")
        assert ChangeLog.objects.get(action="access.identity.link").subject_id == str(account.id)
    idp.claims = {"employee_no": "somebody-else"}
    assert come(Client(), idp)["Location"] == "/people", "from now on the subject counts, not the claim"


def test_a_claim_that_only_looks_like_a_user_name_opens_nothing(idp: idps.Idp, settings: Any) -> None:
    """KELVIN SIGN in small letters is a k, and such names can be chosen at many providers."""
    staff.staff("kong", "town_clerk")
    by_claim(settings, idp)
    idp.claims = {"employee_no": "\u212aong"}
    assert problem(come(Client(), idp)) == "access.identity_unknown"
    idp.claims = {"employee_no": "Kong"}
    assert come(Client(), idp)["Location"] == "/people"


def test_a_claim_that_went_to_another_person_opens_nothing(idp: idps.Idp, settings: Any, wang: Any) -> None:
    by_claim(settings, idp)
    idp.subject, idp.claims = "u-2002", {"employee_no": "wang"}
    assert problem(come(Client(), idp)) == "access.identity_unknown"


def test_a_linked_subject_cannot_move_to_another_account_by_its_claim(idp: idps.Idp, settings: Any, wang: Any) -> None:
    staff.staff("li", "town_clerk")
    by_claim(settings, idp)
    idp.claims = {"employee_no": "li"}
    browser = Client()
    come(browser, idp)
    assert browser.get("/api/session").json()["account"]["username"] == "wang"


def test_one_subject_is_one_account_and_unlinking_ends_its_sessions(idp: idps.Idp, wang: Any) -> None:
    li = staff.staff("li", "town_clerk")
    assert link(li, "u-1001").json()["code"] == "access.taken"
    browser = Client()
    come(browser, idp)
    admin = staff.client(staff.staff("head", "district_admin", staff.DISTRICT))
    listed = admin.get(f"/api/accounts/{wang.id}/identities").json()
    assert listed["provider"] == "统一身份认证" and listed["items"][0]["linked_by"] == "用户head-wang"
    gone = admin.delete(f"/api/accounts/{wang.id}/identities/{listed['items'][0]['id']}")
    assert gone.status_code == 204 and not signed_in(browser)
    assert problem(come(Client(), idp)) == "access.identity_unknown"


def test_linking_asks_the_same_as_setting_a_password(idp: idps.Idp) -> None:
    head = staff.staff("head", "district_admin", staff.DISTRICT)
    helper = staff.staff("helper", area=staff.DISTRICT, permissions=["access.account.view", "access.account.edit"])
    body = {"subject": "u-1001"}
    over = call(staff.client(helper), "POST", f"/accounts/{head.id}/identities", body)
    assert over.json()["code"] == "access.beyond_own"
    own = call(staff.client(head), "POST", f"/accounts/{head.id}/identities", body)
    assert own.json()["code"] == "access.own_grants"
    odd = call(staff.client(head), "POST", f"/accounts/{helper.id}/identities", {"subject": "王\n"})
    assert odd.status_code == 422


def test_a_closed_account_does_not_get_in(idp: idps.Idp, wang: Any) -> None:
    from linli.access import actions

    with scope.acting(staff.OPERATOR):
        actions.change_account(staff.OPERATOR, wang.id, active=False)
    assert problem(come(Client(), idp)) == "access.identity_unknown"


# --- tokens that do not hold -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "claims",
    [{"iss": "https://other.example"}, {"aud": "another"}, {"aud": ["linli", "another"]}, {"azp": "another"},
     {"nonce": "another"}, {"sub": 7}, {"exp": "soon"}, {"nbf": 99999999999}],
    ids=str,
)  # fmt: skip
def test_a_token_for_somebody_else_is_refused(idp: idps.Idp, wang: Any, claims: dict[str, Any]) -> None:
    idp.claims = claims
    browser = Client()
    assert problem(come(browser, idp)) == "access.token_refused" and not signed_in(browser)


@pytest.mark.parametrize("name", ["iss", "sub", "aud", "exp", "iat", "nonce"])
def test_a_token_that_leaves_something_out_is_refused(idp: idps.Idp, wang: Any, name: str) -> None:
    idp.drop = (name,)
    assert problem(come(Client(), idp)) == "access.token_refused"


@pytest.mark.parametrize(("skew", "let_in"), [(-50, True), (50, True), (-400, False), (90, False), (-90, False)])
def test_the_two_clocks_may_differ_by_a_minute(idp: idps.Idp, wang: Any, skew: int, let_in: bool) -> None:
    idp.skew = skew
    answer = come(Client(), idp)
    assert (answer["Location"] == "/people") is let_in


def test_another_key_under_a_known_number_is_refused(idp: idps.Idp, wang: Any) -> None:
    idp.signing = idps.new_key("k1")
    assert problem(come(Client(), idp)) == "access.token_refused"


def test_a_token_signed_with_the_shared_secret_is_refused(idp: idps.Idp, wang: Any) -> None:
    """As if public knowledge (or the client's secret) could sign: RFC 8725, 2.1."""
    idp.signing, idp.algorithm = OctKey.import_key(idps.SECRET * 4, {"kid": "k1"}), "HS256"
    assert problem(come(Client(), idp)) == "access.token_refused"


def test_an_unsigned_token_is_refused(idp: idps.Idp, wang: Any) -> None:
    browser = Client()
    answer = idp.authorize(begin(browser))
    nonce = idp.codes[answer["code"]]["nonce"]
    head, body, _ = idp.issue(nonce).split(".")
    none = flows.urlsafe_b64encode(b'{"alg":"none","kid":"k1"}').rstrip(b"=").decode()
    idp.token = f"{none}.{body}."
    assert problem(browser.get(idps.back(answer))) == "access.token_refused"
    idp.token = "no.token"
    assert problem(come(Client(), idp)) == "access.token_refused"


def test_keys_may_rotate_and_a_withdrawn_one_no_longer_signs(idp: idps.Idp, wang: Any) -> None:
    now = clock.now()
    assert come(Client(), idp)["Location"] == "/people"
    old = idp.published[0]
    with clock.frozen(now + NEW_KEYS * 2):
        idp.rotate("k2")
        assert come(Client(), idp)["Location"] == "/people", "an unknown number has the keys asked for again"
        asked = idp.asked.count("/keys")
        assert come(Client(), idp)["Location"] == "/people"
        assert idp.asked.count("/keys") == asked, "known keys are kept"
    idp.rotate("k3", keep=False)
    with clock.frozen(now + NEW_KEYS * 4):
        come(Client(), idp)
        idp.signing = old
        assert problem(come(Client(), idp)) == "access.token_refused"


def test_unknown_keys_do_not_have_the_provider_asked_each_time(idp: idps.Idp, wang: Any) -> None:
    come(Client(), idp)
    idp.signing = idps.new_key("unknown")
    for _ in range(5):
        assert problem(come(Client(), idp)) == "access.token_refused"
    assert idp.asked.count("/keys") <= 2


# --- replays and forgeries ---------------------------------------------------------------------------------------


def test_a_token_brought_again_is_refused_even_with_the_cookie_it_was_made_for(idp: idps.Idp, wang: Any) -> None:
    browser = Client()
    answer = idp.authorize(begin(browser))
    kept = browser.cookies[flows.COOKIE].value
    idp.token = idp.issue(idp.codes[answer["code"]]["nonce"])
    assert browser.get(idps.back(answer))["Location"] == "/people"
    thief = Client()
    thief.cookies[flows.COOKIE] = kept
    again = idps.back(idp.authorize(begin(Client())) | {"state": answer["state"]})
    idp.codes = {code: asked | {"code_challenge": _challenge(kept)} for code, asked in idp.codes.items()}
    assert problem(thief.get(again)) == "access.token_refused" and not signed_in(thief)


def _challenge(cookie: str) -> str:
    from django.core import signing

    verifier = signing.loads(cookie, salt=flows.SALT)["verifier"]
    asked = flows.address("http://127.0.0.1/x", Provider("i", "c", "", BACK), flows.Flow("", "", verifier, "", "/"))
    return idps.query(asked)["code_challenge"]


def test_a_code_taken_before_is_refused(idp: idps.Idp, wang: Any) -> None:
    browser = Client()
    answer = idp.authorize(begin(browser))
    kept = browser.cookies[flows.COOKIE].value
    browser.get(idps.back(answer))
    again = Client()
    again.cookies[flows.COOKIE] = kept
    assert problem(again.get(idps.back(answer))) == "access.provider_refused"


def test_an_answer_for_another_browser_or_without_its_state_is_refused(idp: idps.Idp, wang: Any) -> None:
    """Otherwise somebody could sign a colleague in as themselves, and read what they then type."""
    mine = idp.authorize(begin(Client()))
    assert problem(Client().get(idps.back(mine))) == "access.provider_state"
    other = Client()
    begin(other)
    assert problem(other.get(idps.back(mine))) == "access.provider_state"
    third = Client()
    begin(third)
    third.cookies[flows.COOKIE] = third.cookies[flows.COOKIE].value[:-2] + "xx"
    assert problem(third.get(idps.back(mine))) == "access.provider_state"


def test_a_sign_in_waits_ten_minutes(idp: idps.Idp, wang: Any) -> None:
    browser = Client()
    answer = idp.authorize(begin(browser))
    with clock.frozen(clock.now() + timedelta(minutes=11)):
        assert problem(browser.get(idps.back(answer))) == "access.provider_state"


def test_an_answer_of_another_provider_is_refused(idp: idps.Idp, wang: Any) -> None:
    """RFC 9207: this provider says that it names itself, so an answer without its name is not its own."""
    assert problem(come(Client(), idp, iss="https://other.example")) == "access.provider_state"
    browser = Client()
    answer = idp.authorize(begin(browser))
    del answer["iss"]
    assert problem(browser.get(idps.back(answer))) == "access.provider_state"


def test_refusals_at_the_provider_come_back_as_such(idp: idps.Idp, wang: Any) -> None:
    assert problem(come(Client(), idp, error="access_denied")) == "access.provider_refused"
    assert problem(come(Client(), idp, code="")) == "access.provider_refused"


# --- a provider that is down -------------------------------------------------------------------------------------


def test_a_provider_that_is_down_leaves_passwords_working_and_is_left_alone_for_a_while(
    idp: idps.Idp, wang: Any
) -> None:
    now = clock.now()
    with clock.frozen(now):
        idp.broken = 503
        assert problem(Client().get("/oidc/start")) == "access.provider_down"
        idp.broken = 0
        asked = len(idp.asked)
        assert problem(Client().get("/oidc/start")) == "access.provider_down"
        assert len(idp.asked) == asked, "it was not asked again at once"
        browser = Client()
        answer = call(browser, "POST", "/session", {"username": "wang", "password": PASSWORD})
        assert answer.json()["signed_in"] is True
    with clock.frozen(now + REST * 2):
        assert come(Client(), idp)["Location"] == "/people"


def test_it_may_go_down_between_the_way_out_and_the_way_back(idp: idps.Idp, wang: Any) -> None:
    browser = Client()
    answer = idp.authorize(begin(browser))
    idp.broken = 500
    assert problem(browser.get(idps.back(answer))) == "access.provider_down"


def test_nobody_there_at_all(idp: idps.Idp, settings: Any) -> None:
    settings.LINLI_OIDC = Provider("http://127.0.0.1:9", idps.CLIENT, idps.SECRET, BACK)
    assert problem(Client().get("/oidc/start")) == "access.provider_down"


@pytest.mark.parametrize("status", [301, 302])
def test_redirects_of_the_provider_are_not_followed(idp: idps.Idp, status: int) -> None:
    idp.broken = status
    assert problem(Client().get("/oidc/start")) == "access.provider_down"
    assert "/elsewhere" not in idp.asked


def test_a_description_of_another_issuer_or_without_tls_is_not_believed(
    idp: idps.Idp, monkeypatch: pytest.MonkeyPatch
) -> None:
    right = idp.answer
    for name, value in (("issuer", "https://other.example"), ("token_endpoint", "http://other.example/token"),
                        ("jwks_uri", "file:///etc/passwd")):  # fmt: skip
        monkeypatch.setattr(
            idp, "answer", lambda path, form, who, n=name, v=value: (200, right(path, form, who)[1] | {n: v})
        )
        assert problem(Client().get("/oidc/start")) == "access.provider_down"


def test_an_answer_without_end_is_not_read(idp: idps.Idp, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(idp, "answer", lambda *_: (200, b'{"issuer":"' + b"x" * 600_000))
    assert problem(Client().get("/oidc/start")) == "access.provider_down"


# --- and a second factor -----------------------------------------------------------------------------------------


def enrol(account: Any) -> str:
    browser = staff.client(account)
    secret = call(browser, "POST", "/session/second-factor", {"password": PASSWORD}).json()["secret"]
    with clock.frozen(clock.now() - timedelta(minutes=5)):
        code = HOTP(secret).at(totp.step_at(clock.now()))
        assert call(browser, "POST", "/session/second-factor/confirm", {"code": code}).status_code == 200
    return str(secret)


def test_the_second_factor_here_is_asked_for_all_the_same(idp: idps.Idp, wang: Any) -> None:
    secret = enrol(wang)
    browser = Client()
    answer = come(browser, idp)
    where = urlsplit(answer["Location"])
    assert where.path == "/sign-in" and parse_qs(where.query) == {"step": ["1"], "next": ["/people"]}
    assert not signed_in(browser)
    code = HOTP(secret).at(totp.step_at(clock.now()))
    assert call(browser, "POST", "/session/second-step", {"code": code}).json()["signed_in"] is True


def test_a_provider_that_asked_for_one_counts_where_the_setting_says_how_it_says_so(
    idp: idps.Idp, wang: Any, settings: Any
) -> None:
    secret = enrol(wang)
    settings.LINLI_SECOND_FACTOR = "all"
    settings.LINLI_OIDC = Provider(idp.issuer, idps.CLIENT, idps.SECRET, BACK, acr=("urn:mfa",))
    idp.claims = {"acr": "urn:password"}
    assert urlsplit(come(Client(), idp)["Location"]).path == "/sign-in"
    idp.claims = {"acr": "urn:mfa"}
    first = Client()
    assert urlsplit(come(first, idp)["Location"]).path == "/sign-in", "not before the holder has proved the link"
    code = HOTP(secret).at(totp.step_at(clock.now()))
    assert call(first, "POST", "/session/second-step", {"code": code}).json()["signed_in"] is True
    browser = Client()
    assert idps.query(begin(browser))["acr_values"] == "urn:mfa"
    assert come(browser, idp)["Location"] == "/people"
    assert browser.get("/api/session").json()["account"]["must_enrol"] is False


# --- sessions, and who may bind a phone --------------------------------------------------------------------------


def test_sessions_of_a_provider_end_when_it_is_switched_off_or_another_takes_its_place(
    idp: idps.Idp, wang: Any, settings: Any
) -> None:
    browser, by_password = Client(), staff.client(wang)
    come(browser, idp)
    assert signed_in(browser)
    ours = settings.LINLI_OIDC
    settings.LINLI_OIDC = Provider("https://elsewhere.example", idps.CLIENT, idps.SECRET, BACK)
    assert not signed_in(browser)
    settings.LINLI_OIDC = None
    assert not signed_in(browser) and signed_in(by_password)
    settings.LINLI_OIDC = ours
    assert signed_in(browser), "nothing was thrown away: a provider set up again is the same one"


def test_a_session_after_the_second_step_is_the_providers_too(idp: idps.Idp, wang: Any, settings: Any) -> None:
    secret, browser = enrol(wang), Client()
    come(browser, idp)
    call(browser, "POST", "/session/second-step", {"code": HOTP(secret).at(totp.step_at(clock.now()))})
    assert signed_in(browser)
    settings.LINLI_OIDC = None
    assert not signed_in(browser)


@pytest.fixture
def zhao(idp: idps.Idp) -> Any:
    """A clerk without a password, who comes by the provider alone."""
    account = staff.staff("zhao", "town_clerk")
    assert link(account, "u-1001").status_code == 201
    return account


def come_anew(browser: Client, idp: idps.Idp) -> Any:
    answer = browser.get("/oidc/start", {"next": "/account#second-factor", "fresh": "1"})
    asked = idps.query(str(answer["Location"]))
    assert (asked["prompt"], asked["max_age"]) == ("login", "0")
    return browser.get(idps.back(idp.authorize(str(answer["Location"]))))


def test_whoever_has_no_password_proves_themselves_anew_before_binding_a_phone(idp: idps.Idp, zhao: Any) -> None:
    browser = Client()
    come(browser, idp)
    assert browser.get("/api/session/second-factor").json()["proved"] is False
    refused = call(browser, "POST", "/session/second-factor")
    assert (refused.status_code, refused.json()["code"]) == (403, "access.prove_anew")
    assert come_anew(browser, idp)["Location"] == "/account#second-factor"
    assert browser.get("/api/session/second-factor").json()["proved"] is True
    assert call(browser, "POST", "/session/second-factor").json()["secret"]
    with clock.frozen(clock.now() + timedelta(minutes=11)):
        assert call(browser, "POST", "/session/second-factor").json()["code"] == "access.prove_anew"


@pytest.mark.parametrize("claims", [{"auth_time": None}, {"auth_time": 1}, {"auth_time": "now"}, {"auth_time": True}])
def test_a_provider_that_did_not_ask_anew_does_not_pass_for_one(
    idp: idps.Idp, zhao: Any, claims: dict[str, Any]
) -> None:
    idp.claims = claims
    assert problem(come_anew(Client(), idp)) == "access.token_refused"


def test_an_answer_that_drips_is_cut_when_its_time_is_over(idp: idps.Idp, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each byte comes in time, the whole never would: five seconds a read are no bound for all of it."""
    whole = idp.answer
    monkeypatch.setattr(idp, "answer", lambda *asked: (200, whole(*asked)[1] | {"more": "x" * 1000}))
    monkeypatch.setattr(directories, "TOTAL", 0.2)
    idp.drips = True
    try:
        assert problem(Client().get("/oidc/start")) == "access.provider_down"
    finally:
        idp.drip.set()
