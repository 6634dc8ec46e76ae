"""What people may be allowed to do with accounts, roles and logs."""

from linli.kernel.permissions import declare

ACCOUNT_VIEW = declare("access.account.view", "查看单位、账号和岗位", "See units, accounts and posts")
ACCOUNT_EDIT = declare("access.account.edit", "管理单位、账号、岗位和授权", "Manage units, accounts, posts and grants")
VIEW_AS = declare("access.account.view_as", "以他人视角查看（只读）", "See the console as another account (read-only)")
ROLE_EDIT = declare("access.role.edit", "管理角色，并可授予任何权限", "Manage roles and grant any permission")
LOG_VIEW = declare("access.log.view", "查看查询日志和变更日志", "See the read log and the change log")
