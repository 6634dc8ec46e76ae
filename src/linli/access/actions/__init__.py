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
from .groups import create_group
from .posts import Target, appoint, create_post, end_appointment, end_grant, grant, rename_post
from .roles import change_role, create_role, ensure_builtin_roles
from .sessions import change_password, end_session, set_language, sign_in, sign_out
from .units import Region, change_unit, create_unit, ensure_units

__all__ = [
    "NewAccount",
    "Region",
    "Target",
    "appoint",
    "change_account",
    "change_password",
    "change_role",
    "change_unit",
    "create_account",
    "create_accounts",
    "create_group",
    "create_post",
    "create_role",
    "create_unit",
    "end_appointment",
    "end_grant",
    "end_session",
    "end_sessions",
    "ensure_builtin_roles",
    "ensure_units",
    "grant",
    "one_time_password",
    "rename_post",
    "reset_password",
    "set_language",
    "sign_in",
    "sign_out",
    "unlock",
]
