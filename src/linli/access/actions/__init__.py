"""The only code that changes accounts, units, posts, roles and sessions. Run it inside `scope.acting(actor)`."""

from .accounts import (
    NewAccount,
    change_account,
    create_account,
    create_accounts,
    end_sessions,
    one_time_password,
    reset_password,
    unlock,
)
from .ending import end_unit
from .factors import Enrolment, begin_factor, confirm_factor, drop_factor, renew_codes, reset_factor
from .groups import change_group, create_group, delete_group
from .identities import link_identity, unlink_identity, vouch_identity
from .loads import NewPost, create_posts
from .posts import Target, appoint, create_post, end_appointment, end_grant, grant, rename_post
from .reviews import export_sight, mark_reviewed
from .roles import change_role, create_role, ensure_builtin_roles
from .sessions import (
    Identified,
    Opened,
    StepToCome,
    change_password,
    end_session,
    finish_sign_in,
    set_language,
    sign_in,
    sign_in_identified,
    sign_out,
)
from .units import Region, change_unit, create_unit, ensure_units
from .views import begin_view, end_view

__all__ = [
    "Enrolment",
    "Identified",
    "NewAccount",
    "NewPost",
    "Opened",
    "Region",
    "StepToCome",
    "Target",
    "appoint",
    "begin_factor",
    "begin_view",
    "change_account",
    "change_group",
    "change_password",
    "change_role",
    "change_unit",
    "confirm_factor",
    "create_account",
    "create_accounts",
    "create_group",
    "create_post",
    "create_posts",
    "create_role",
    "create_unit",
    "delete_group",
    "drop_factor",
    "end_appointment",
    "end_grant",
    "end_session",
    "end_sessions",
    "end_unit",
    "end_view",
    "ensure_builtin_roles",
    "ensure_units",
    "export_sight",
    "finish_sign_in",
    "grant",
    "link_identity",
    "mark_reviewed",
    "one_time_password",
    "rename_post",
    "renew_codes",
    "reset_factor",
    "reset_password",
    "set_language",
    "sign_in",
    "sign_in_identified",
    "sign_out",
    "unlink_identity",
    "unlock",
    "vouch_identity",
]
