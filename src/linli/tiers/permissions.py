"""What may be allowed to do with tiers. None of it shows people: figures of communities and papers about them."""

from linli.kernel.permissions import declare

VIEW = declare("tiers.standing.view", "查看创建等级和评估", "See tiers and assessments")
DECLARE = declare("tiers.value.declare", "填报指标数据、上传佐证", "Declare values of indicators, with evidence")
ASSESS = declare("tiers.assessment.run", "组织评估", "Run assessments")
SYSTEM_EDIT = declare("tiers.system.edit", "维护指标体系", "Keep the systems of indicators")
PLAN_VIEW = declare("tiers.plan.view", "查看提升方案", "See plans of upgrades")
PLAN_EDIT = declare("tiers.plan.edit", "编制提升方案", "Draw up plans of upgrades")
APPLY = declare("tiers.application.apply", "申报创建、自评、整改", "Apply for a tier, assess oneself, mend gaps")
CHECK = declare("tiers.application.check", "镇街核查申报", "Check applications for the town")
ACCEPT = declare(
    "tiers.application.accept",
    "组织区级验收、公示、上报、认定",
    "Run the district's acceptance, publication, report and decision",
)
PRACTICE_EDIT = declare("tiers.practice.edit", "编写创建案例", "Write cards of good practice")
PRACTICE_PUBLISH = declare("tiers.practice.publish", "发布创建案例", "Publish cards of good practice")
COORDINATE = declare(
    "tiers.coordination.edit", "编制实施计划、会议和培训", "Keep implementation plans, meetings and trainings"
)
