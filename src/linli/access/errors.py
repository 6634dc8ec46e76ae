"""Problems of access."""

from __future__ import annotations

from linli.kernel.errors import Conflict, Forbidden, Problem, Text


class BadCredentials(Problem):
    """Name or password is wrong; which of the two is not said."""

    status, code = 401, "access.bad_credentials"
    text = Text(
        "用户名或密码不正确，还可尝试 {tries_left} 次。",
        "The user name or the password is wrong; {tries_left} tries left.",
    )


class Locked(Problem):
    """Too many failures; sign-in is closed for this name until then. Names that do not exist lock in the same way."""

    status, code = 423, "access.locked"
    text = Text(
        "尝试次数过多，账号已临时锁定，请稍后再试或联系管理员。",
        "Too many tries: the account is locked for a while. Wait, or ask your administrator.",
    )


class WrongCode(Problem):
    """The one-time or recovery code is wrong, too old, or was used before."""

    status, code = 401, "access.wrong_code"
    text = Text(
        "验证码不正确或已使用过，还可尝试 {tries_left} 次。",
        "That code is wrong or was used before; {tries_left} tries left.",
    )


class StepExpired(Problem):
    """Too long between the password and the code, or something changed since: begin again."""

    status, code = 401, "access.step_expired"
    text = Text("登录步骤已超时，请重新登录。", "That took too long; please sign in again.")


class FactorDemanded(Conflict):
    """A role or the setting asks for a second factor, so it stays."""

    code = "access.second_factor_demanded"
    text = Text(
        "您的岗位或系统要求两步验证，不能关闭。", "Your post or the system asks for a second factor; it stays on."
    )


class NotEnrolling(Conflict):
    """There is no second factor being set up, or it took too long."""

    code = "access.not_enrolling"
    text = Text("绑定已超时，请重新扫描二维码。", "Setting up took too long; begin again with a new QR code.")


class TooManyAttempts(Problem):
    """Too many failed sign-ins from one address."""

    status, code = 429, "access.too_many_attempts"
    text = Text("该网络登录失败次数过多，请稍后再试。", "Too many failed sign-ins from this network; please wait.")


class BeyondOwn(Forbidden):
    """Nobody grants a permission or an area beyond their own."""

    code = "access.beyond_own"
    text = Text(
        "不能授予或管理超出您自身权限和范围的内容。", "You cannot grant or manage rights and areas beyond your own."
    )


class OwnGrants(Forbidden):
    """Nobody changes their own account's standing, posts or grants."""

    code = "access.own_grants"
    text = Text(
        "不能修改自己的账号状态、岗位和授权，请由其他管理员操作。",
        "Another administrator has to change your own rights.",
    )


class LastAdministrator(Conflict):
    """The district would be left without anybody who manages accounts and roles."""

    code = "access.last_administrator"
    text = Text("这是最后一位区系统管理员，不能移除。", "This is the last administrator of the district and must stay.")


class Taken(Conflict):
    """The name is in use."""

    code = "access.taken"
    text = Text("名称已被使用。", "That name is in use already.")


class BuiltIn(Conflict):
    """Built-in roles are the program's; a district copies one to change it."""

    code = "access.builtin_role"
    text = Text("内置角色不能修改，可另建角色。", "Built-in roles cannot be changed; make a role of your own.")


class SameKey(Conflict):
    """One Idempotency-Key was used for two different requests."""

    code = "kernel.idempotency_key"
    text = Text("重复提交的编号用于了不同内容，请刷新后重试。", "The same Idempotency-Key came with another request.")


class AnswerGone(Conflict):
    """The request was carried out before, but its answer was too large to keep."""

    code = "kernel.done_before"
    text = Text("该操作此前已完成，请刷新查看。", "This was done already; reload to see it.")
