"""What people may be allowed to do with messages that leave the console. One's own notices need no permission."""

from linli.kernel.permissions import declare

DELIVERY_VIEW = declare("messages.delivery.view", "查看消息外发情况", "See how messages were delivered")
ROBOT_EDIT = declare("messages.robot.edit", "管理单位的群机器人", "Manage the group robots of units")
