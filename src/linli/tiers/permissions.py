"""What may be allowed to do with tiers. None of it shows people: figures of communities and papers about them."""

from linli.kernel.permissions import declare

VIEW = declare("tiers.standing.view", "查看创建等级和评估", "See tiers and assessments")
DECLARE = declare("tiers.value.declare", "填报指标数据、上传佐证", "Declare values of indicators, with evidence")
ASSESS = declare("tiers.assessment.run", "组织评估", "Run assessments")
SYSTEM_EDIT = declare("tiers.system.edit", "维护指标体系", "Keep the systems of indicators")
PLAN_VIEW = declare("tiers.plan.view", "查看提升方案", "See plans of upgrades")
PLAN_EDIT = declare("tiers.plan.edit", "编制提升方案", "Draw up plans of upgrades")
