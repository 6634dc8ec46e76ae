"""What people may be allowed to do with people's data."""

from linli.kernel.permissions import declare

VIEW = declare("registry.person.view", "查看人口、家庭和房屋", "See people, households and homes")
EDIT = declare("registry.person.edit", "修改人口信息", "Correct facts about people")
REVEAL = declare("registry.person.reveal", "查看完整证件号码和电话", "See full identity numbers and phones")
EXPORT = declare("registry.people.export", "导出人口数据", "Export people")
DECIDE = declare("registry.transfer.decide", "办理迁入申请", "Decide on 迁入 (move-in) requests")
