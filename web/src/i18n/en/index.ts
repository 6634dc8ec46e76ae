import access from './access.json'
import addresses from './addresses.json'
import buildings from './buildings.json'
import common from './common.json'
import grids from './grids.json'
import home from './home.json'
import intake from './intake.json'
import nav from './nav.json'
import people from './people.json'
import places from './places.json'
import session from './session.json'
import things from './things.json'

export default { access, addresses, buildings, common, grids, home, intake, nav, people, places, session, things }
