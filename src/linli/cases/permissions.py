"""What may be allowed to do with cases. `HANDLE`, `DECIDE`, `PROPOSAL_REVIEW` and `PROPOSAL_SIGN` are by unit: what was
handed to one's own unit, wherever it lies."""

from linli.kernel.permissions import declare

VIEW = declare("cases.case.view", "查看案件和案件目录", "See cases and the directory of cases")
REPORT = declare("cases.case.report", "上报案件", "Report cases")
ACCEPT = declare("cases.case.accept", "受理和立案", "Accept and file cases")
DISPATCH = declare("cases.case.dispatch", "派遣案件", "Dispatch cases")
HANDLE = declare("cases.case.handle", "处置派给本单位的案件", "Handle the cases of one's own unit")
CHECK = declare("cases.case.check", "核实与核查", "Verify reports and check results")
SUPERVISE = declare("cases.case.supervise", "督办案件", "Supervise cases")
CLOSE = declare("cases.case.close", "结案与评价", "Close and rate cases")
DECIDE = declare("cases.adjustment.decide", "审核本单位的延期申请", "Review the extensions one's own unit asks for")
BRING = declare("cases.case.bring", "导入往期已办结案件", "Bring in closed cases of an earlier system")
REVEAL = declare("cases.case.reveal", "查看反映人完整信息", "See reporters' full names and phones")
CATEGORY_EDIT = declare("cases.category.edit", "维护案件目录", "Keep the directory of cases")
ROUTING_VIEW = declare("cases.routing.view", "查看派遣规则", "See the rules of routing")
ROUTING_EDIT = declare("cases.routing.edit", "维护派遣规则", "Keep the rules of routing")
PROPOSAL_VIEW = declare("cases.proposal.view", "查看提案建议", "See proposals and suggestions")
PROPOSAL_REGISTER = declare("cases.proposal.register", "登记、交办提案建议", "Register and assign proposals")
PROPOSAL_REVIEW = declare("cases.proposal.review", "审核本单位的答复", "Review the replies of one's own unit")
PROPOSAL_SIGN = declare("cases.proposal.sign", "签发本单位的答复", "Sign off the replies of one's own unit")
PROPOSAL_PUBLISH = declare("cases.proposal.publish", "公开提案建议答复", "Publish replies to proposals")
PROPOSAL_REVEAL = declare("cases.proposal.reveal", "查看建议人联系方式", "See proposers' contacts in full")
#: By mark of a category (`Category.restricted_to`): who holds it reports matters of that mark, and sees cases of it where they lie,
#: in the work they may do there, without seeing any others by area. Nobody else sees them, whatever they hold.
READERS = {
    "public_security": declare(
        "cases.readers.public_security",
        "上报和查看公安限定事项",
        "Report and see matters restricted to public security",
    ),
    "discipline": declare(
        "cases.readers.discipline",
        "上报和查看纪检限定事项",
        "Report and see matters restricted to the discipline office",
    ),
}
