"""Problems of access."""

from __future__ import annotations

from typing import ClassVar

from linli.kernel.errors import Conflict, FieldProblem, Forbidden, Invalid, Problem, Text

from .offices import NAMES, PEOPLE, Clash


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


class ProveAnew(Forbidden):
    """Whoever has no password has to come from the identity provider anew, and prove there who they are."""

    code = "access.prove_anew"
    text = Text(
        "请先在统一认证平台重新验证身份，再绑定两步验证。",
        "Please prove who you are at the identity provider once more before you set up a second factor.",
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


class OfficesApart(Conflict):
    """三员分立: one account would be two of the three administrators, or one of them and work with data."""

    code = "access.offices_apart"
    text = Text(
        "已启用三员分立：系统管理员、安全管理员、审计管理员须由不同的人担任，且不能兼有业务数据权限。",
        "The three administrators (system, security, audit) are kept apart here: each is another person, "
        "and none of them works with data.",
    )

    def __init__(self, clash: Clash, field: str = "role_id") -> None:
        names = {"office": NAMES[clash.office], "other": NAMES[clash.other]}
        said = Text(
            f"同一账号在 {clash.area} 将同时是{names['office'].zh}并有{names['other'].zh}的权限。"
            if clash.other != PEOPLE
            else f"{names['office'].zh}在 {clash.area} 不能有业务数据权限。",
            f"One account would be {names['office'].en} and have the duties of {names['other'].en} in {clash.area}."
            if clash.other != PEOPLE
            else f"The {names['office'].en} may hold no rights over data in {clash.area}.",
        )
        super().__init__(
            fields=(FieldProblem(field, "apart", said),),
            office=clash.office, other=clash.other, area_code=clash.area,
        )  # fmt: skip


class WidensOwn(Forbidden):
    """A change of areas would give who makes it sight of more than before."""

    code = "access.widens_own"
    text = Text(
        "这次变更会扩大您自己的可见范围（您在其中一个区域任职，另一个并入后也将可见），请由其他人员办理。",
        "This change would widen what you see yourself: you hold a post in one of the areas and another would join it. "
        "Somebody else has to make it.",
    )


class LastAdministrator(Conflict):
    """The district would be left without anybody who manages accounts, or anybody who manages roles."""

    code = "access.last_administrator"
    text = Text(
        "移除后全区将无人能管理账号或授权，请先安排接替的管理员。",
        "The district would be left without anybody who manages accounts, or who grants rights; have a successor first.",
    )


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


class BadRetention(Invalid):
    """A time that the law, or the purpose of the data, does not allow."""

    REASONS: ClassVar[dict[str, Text]] = {
        "below_floor": Text("不得少于 {floor} 天：{basis_zh}", "At least {floor} days: {basis_en}"),
        "above_ceiling": Text("不得超过 {ceiling} 天。", "At most {ceiling} days."),
        "must_end": Text("此类数据必须设定期限，最长 {ceiling} 天。", "A time must be set, of at most {ceiling} days."),
        "past": Text("生效日期不能早于今天。", "It cannot take effect before today."),
    }


class DestructionHeld(Conflict):
    """Nothing of this kind may be destroyed now: it would destroy evidence."""

    code = "access.retention.held"
    text = Text("暂不销毁：{why_zh}", "Not destroyed: {why_en}")
