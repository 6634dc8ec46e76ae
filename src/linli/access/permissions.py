"""What people may be allowed to do with accounts, roles and logs."""

from linli.kernel.permissions import declare

ACCOUNT_VIEW = declare("access.account.view", "查看单位、账号和岗位", "See units, accounts and posts")
ACCOUNT_EDIT = declare("access.account.edit", "管理单位、账号和岗位", "Manage units, accounts and posts")
ACCOUNT_KEEP = declare(
    "access.account.keep", "管理权限超出自身的账号", "Manage accounts whose rights go beyond one's own"
)
FACTOR_RESET = declare("access.factor.reset", "解除他人的两步验证", "Take a lost second factor off")
GRANT_EDIT = declare(
    "access.grant.edit",
    "任命人员、授予角色（不超出自身权限）",
    "Appoint people and grant roles within one's own rights",
)
ROLE_EDIT = declare("access.role.edit", "管理角色，并可授予任何权限", "Manage roles and grant any permission")
REVIEW = declare("access.right.review", "审查访问权限：谁能看到什么、为何", "Review who can see what, and why")
VIEW_AS = declare("access.account.view_as", "以他人视角查看（只读）", "See the console as another account (read-only)")
LOG_VIEW = declare("access.log.view", "查看查询日志和变更日志", "See the read log and the change log")
RETENTION_VIEW = declare(
    "access.retention.view", "查看数据留存期限和销毁证明", "See how long data is kept, and certificates of deletion"
)
RETENTION_EDIT = declare("access.retention.edit", "设定数据留存期限", "Set how long data is kept")
CALENDAR_EDIT = declare(
    "access.calendar.edit", "维护工作日历和作息时间", "Keep the work calendar and the working hours"
)
