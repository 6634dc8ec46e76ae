"""What may be allowed to do with cases."""

from linli.kernel.permissions import declare

VIEW = declare("cases.case.view", "查看案件和案件目录", "See cases and the directory of cases")
CATEGORY_EDIT = declare("cases.category.edit", "维护案件目录", "Keep the directory of cases")
