"""What people may be allowed to do with areas, addresses and the map."""

from linli.kernel.permissions import declare

VIEW = declare("places.view", "查看区划、网格、地址和地图", "See areas, grids, addresses and the map")
EDIT = declare("places.edit", "维护区划、网格和地址", "Maintain areas, grids and addresses")
HOMES = declare("places.home.edit", "维护小区、楼栋和房屋", "Maintain compounds, buildings and homes")
