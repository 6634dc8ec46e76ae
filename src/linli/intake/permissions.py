"""What people may be allowed to do with tables brought in."""

from linli.kernel.permissions import declare

BATCH_VIEW = declare("intake.batch.view", "查看导入批次", "See imports")
BATCH_UPLOAD = declare("intake.batch.upload", "上传并核对表格", "Upload and check tables")
BATCH_MERGE = declare("intake.batch.merge", "将表格并入人口库", "Merge tables into the base")
BATCH_UNDO = declare("intake.batch.undo", "撤销导入", "Undo imports")
SOURCE_EDIT = declare("intake.source.edit", "管理数据来源", "Manage data sources")
LEDGER_FILL = declare("intake.ledger.fill", "生成台账（按表格取出数据）", "Fill ledgers (take data out in forms)")
FORM_MANAGE = declare("intake.form.manage", "登记报表及其模板", "Keep forms and their templates")
FORM_APPROVE = declare("intake.form.approve", "审批报表准入", "Decide which forms may be asked for")
ROUND_VIEW = declare("intake.round.view", "查看报送", "See rounds and returns")
ROUND_OPEN = declare("intake.round.open", "发起和结束报送", "Open and close rounds")
ROUND_COMPLETE = declare("intake.round.complete", "补全报送表", "Complete returns")
ROUND_SUBMIT = declare("intake.round.submit", "上报", "Submit returns")
ROUND_CHECK = declare("intake.round.check", "审核下级上报", "Check the returns of areas below")
