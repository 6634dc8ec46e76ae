"""What may be allowed to do with the money of communities."""

from linli.kernel.permissions import declare

VIEW = declare("funding.book.view", "查看资金账", "See the books")
KEEP = declare("funding.book.keep", "记账、维护资金来源和预算", "Keep the books, sources and budgets")
CLOSE = declare("funding.period.close", "结账", "Close periods")
CONTRACT_EDIT = declare("funding.contract.edit", "维护项目和合同", "Keep projects and contracts")
