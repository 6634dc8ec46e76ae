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
