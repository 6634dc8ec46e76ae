"""What may be allowed to do with the registry: people, and the other things it holds."""

from linli.kernel.permissions import declare

VIEW = declare("registry.person.view", "查看人口、家庭和房屋", "See people, households and homes")
EDIT = declare("registry.person.edit", "修改人口信息", "Correct facts about people")
REVEAL = declare("registry.person.reveal", "查看完整证件号码和电话", "See full identity numbers and phones")
JOIN = declare("registry.person.join", "合并与拆分人员", "Join and split people")
SURVIVORSHIP = declare("registry.survivorship.edit", "维护来源优先级", "Keep the priorities of sources")
EXPORT = declare("registry.people.export", "导出人口数据", "Export people")
DECIDE = declare("registry.transfer.decide", "办理迁入申请", "Decide on 迁入 (move-in) requests")
ENTITY_VIEW = declare("registry.entity.view", "查看法人单位", "See legal entities")
PLACE_VIEW = declare("registry.place.view", "查看重点场所", "See key places")
COMPONENT_VIEW = declare("registry.component.view", "查看管理部件", "See street components")
RENTAL_VIEW = declare("registry.rental.view", "查看出租房", "See rented homes")
THING_EDIT = declare(
    "registry.thing.edit", "更正单位、场所等信息，登记检查", "Correct entities, places and the like; record inspections"
)
THING_REVEAL = declare("registry.thing.reveal", "查看单位和场所的完整电话", "See full phones of entities and places")
THING_EXPORT = declare("registry.things.export", "导出单位、场所和部件数据", "Export entities, places and components")
TAG_VIEW = declare("registry.tag.view", "查看人员标签", "See tags of people")
TAG_EDIT = declare("registry.tag.edit", "添加和收回人员标签", "Give tags and take them back")
TAG_CATALOGUE = declare("registry.tag.catalogue", "维护标签目录", "Keep the catalogue of tags")
CUSTOM_EDIT = declare("registry.custom.edit", "维护自定义数据项", "Keep custom fields")
RESOLVE = declare(
    "registry.address.resolve", "维护地址别名并重新识别住址", "Keep aliases of places and resolve addresses again"
)
BULK = declare("registry.bulk.edit", "批量修改人口和房屋", "Change many people or homes at once")
