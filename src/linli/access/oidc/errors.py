"""Why somebody did not get in by the provider. The sign-in page says it from the code (`web/src/rooms/session`)."""

from __future__ import annotations

from linli.kernel.errors import Conflict, Problem, Text, Unavailable


class NoProvider(Conflict):
    """No provider is set up here."""

    code = "access.no_provider"
    text = Text("本系统没有接入统一认证平台。", "No identity provider is set up here.")


class ProviderDown(Unavailable):
    """The provider cannot be reached, or does not answer as one does. Passwords go on working."""

    code = "access.provider_down"
    text = Text(
        "统一认证平台暂时无法访问，请稍后再试，或用密码登录。",
        "The identity provider cannot be reached; try later, or sign in by password.",
    )


class ProviderRefused(Problem):
    """The provider did not let the person in, or the person gave up there."""

    status, code = 401, "access.provider_refused"
    text = Text("统一认证平台没有确认您的身份。", "The identity provider did not confirm who you are.")


class StateLost(Problem):
    """The answer does not belong to a sign-in this browser began within ten minutes."""

    status, code = 401, "access.provider_state"
    text = Text("登录步骤已失效，请重新登录。", "This sign-in is no longer valid; please begin again.")


class TokenRefused(Problem):
    """The identity token does not hold: signature, issuer, audience, times, nonce, or it was brought before."""

    status, code = 401, "access.token_refused"
    text = Text("身份凭证无效，请重新登录；若反复出现请联系管理员。", "The identity token is not valid; begin again.")

    def __init__(self, reason: str) -> None:
        super().__init__(reason=reason)


class IdentityUnproved(Problem):
    """An administrator linked the account, and neither its holder nor a second administrator has confirmed that yet."""

    status, code = 401, "access.identity_unproved"
    text = Text(
        "这个关联还没有经本人或安全管理员确认。请用密码登录并绑定两步验证后再试，或请安全管理员确认。",
        "This link was confirmed neither by you nor by the security administrator. Sign in by password and set up a "
        "second factor, then come this way again; or ask the security administrator.",
    )


class UnknownIdentity(Problem):
    """The provider knows the person, but no account is linked to them."""

    status, code = 401, "access.identity_unknown"
    text = Text(
        "您的统一认证身份还没有关联账号，请联系管理员。", "No account is linked to you yet; ask your administrator."
    )

    def __init__(self, subject: str) -> None:
        super().__init__()
        self.subject = subject
