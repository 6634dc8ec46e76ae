/** Routes of the console. Every page but sign-in is its own chunk. */
import { START_LOCATION, createRouter, createWebHistory, type RouteRecordRaw } from 'vue-router'
import StatusPage from '@/rooms/session/StatusPage.vue'
import { PAGES } from './navigation'
import { useSession } from './session'
import { useUi } from './ui'

declare module 'vue-router' {
  interface RouteMeta {
    /** Key of the page title under `nav`. */
    title?: string
    /** Any of these permissions opens the page. */
    needs?: string[]
    /** The page looks at an area, so the chosen area comes along. */
    area?: boolean
    open?: boolean
  }
}

const needs = (key: string): string[] => PAGES.find((p) => p.key === key)?.needs ?? []
const pages: RouteRecordRaw[] = [
  { path: '', component: () => import('@/rooms/home/HomePage.vue'), meta: { title: 'home', area: true } },
  { path: 'map', component: () => import('@/rooms/places/MapPage.vue'), meta: { title: 'map', needs: needs('map'), area: true } },
  { path: 'quality', component: () => import('@/rooms/quality/QualityPage.vue'), meta: { title: 'quality', needs: needs('quality'), area: true } },
  { path: 'grids', component: () => import('@/rooms/grids/GridsPage.vue'), meta: { title: 'grids', needs: needs('grids'), area: true } },
  { path: 'recodes', component: () => import('@/rooms/recodes/RecodesPage.vue'), meta: { title: 'recodes', needs: needs('recodes'), area: true } },
  { path: 'cases', component: () => import('@/rooms/cases/CasesPage.vue'), meta: { title: 'cases', needs: needs('cases'), area: true } },
  { path: 'cases/new', component: () => import('@/rooms/cases/NewCasePage.vue'), meta: { title: 'caseNew', needs: needs('caseNew'), area: true } },
  { path: 'cases/field-tasks', component: () => import('@/rooms/cases/FieldTasksPage.vue'), meta: { title: 'caseTasks', needs: needs('caseTasks'), area: true } },
  { path: 'cases/adjustments', component: () => import('@/rooms/cases/AdjustmentsPage.vue'), meta: { title: 'caseAdjustments', needs: needs('caseAdjustments'), area: true } },
  { path: 'cases/supervision', component: () => import('@/rooms/cases/SupervisionPage.vue'), meta: { title: 'caseSupervision', needs: needs('caseSupervision'), area: true } },
  { path: 'cases/proposals', component: () => import('@/rooms/proposals/ProposalsPage.vue'), meta: { title: 'proposals', needs: needs('proposals') } },
  { path: 'cases/proposals/counts', component: () => import('@/rooms/proposals/CountsPage.vue'), meta: { title: 'proposalCounts', needs: needs('proposals') } },
  { path: 'cases/proposals/:id', component: () => import('@/rooms/proposals/ProposalPage.vue'), meta: { title: 'proposals', needs: needs('proposals') } },
  { path: 'cases/evaluation', component: () => import('@/rooms/evaluation/EvaluationPage.vue'), meta: { title: 'caseEvaluation', needs: needs('caseEvaluation'), area: true } },
  { path: 'cases/my-work', component: () => import('@/rooms/evaluation/MyWork.vue'), meta: { title: 'caseMyWork', needs: ['cases.case.dispatch', 'cases.case.handle', 'cases.case.check'] } },
  { path: 'cases/:id', component: () => import('@/rooms/cases/CasePage.vue'), meta: { title: 'case', needs: needs('cases') } },
  { path: 'tiers', component: () => import('@/rooms/tiers/LadderPage.vue'), meta: { title: 'tiers', needs: needs('tiers'), area: true } },
  { path: 'tiers/communities/:code', component: () => import('@/rooms/tiers/CommunityPage.vue'), meta: { title: 'tierCommunity', needs: needs('tiers') } },
  { path: 'tiers/applications', component: () => import('@/rooms/applying/ApplicationsPage.vue'), meta: { title: 'tierApplications', needs: needs('tierApplications'), area: true } },
  { path: 'tiers/applications/:id', component: () => import('@/rooms/applying/ApplicationPage.vue'), meta: { title: 'tierApplication', needs: needs('tierApplications') } },
  { path: 'tiers/plans', component: () => import('@/rooms/tiers/PlansPage.vue'), meta: { title: 'tierPlans', needs: needs('tierPlans'), area: true } },
  { path: 'tiers/practice', component: () => import('@/rooms/practice/PracticePage.vue'), meta: { title: 'tierPractice', needs: needs('tierPractice'), area: true } },
  { path: 'tiers/practice/:id', component: () => import('@/rooms/practice/PracticeCardPage.vue'), meta: { title: 'tierPracticeCard', needs: needs('tierPractice') } },
  { path: 'tiers/coordination', component: () => import('@/rooms/coordination/BoardPage.vue'), meta: { title: 'tierCoordination', needs: needs('tierCoordination'), area: true } },
  { path: 'tiers/coordination/plans/:id', component: () => import('@/rooms/coordination/PlanPage.vue'), meta: { title: 'tierImplementation', needs: needs('tierCoordination') } },
  { path: 'tiers/coordination/meetings/:id', component: () => import('@/rooms/coordination/MeetingPage.vue'), meta: { title: 'tierMeeting', needs: needs('tierCoordination') } },
  { path: 'tiers/systems', component: () => import('@/rooms/tiers/SystemsPage.vue'), meta: { title: 'tierSystems', needs: needs('tierSystems') } },
  { path: 'tiers/systems/revisions/:id', component: () => import('@/rooms/tiers/RevisionPage.vue'), meta: { title: 'tierSystems', needs: ['tiers.system.edit'] } },
  { path: 'tiers/plans/measures', component: () => import('@/rooms/tiers/MeasuresPage.vue'), meta: { title: 'tierPlans', needs: needs('tierPlans') } },
  { path: 'tiers/plans/compare', component: () => import('@/rooms/tiers/ComparePage.vue'), meta: { title: 'tierPlans', needs: needs('tierPlans') } },
  { path: 'funding', component: () => import('@/rooms/funding/BooksPage.vue'), meta: { title: 'fundingBooks', needs: needs('fundingBooks'), area: true } },
  { path: 'funding/entries', component: () => import('@/rooms/funding/EntriesPage.vue'), meta: { title: 'fundingEntries', needs: needs('fundingEntries'), area: true } },
  { path: 'funding/sources', component: () => import('@/rooms/funding/SourcesPage.vue'), meta: { title: 'fundingSources', needs: needs('fundingSources'), area: true } },
  { path: 'funding/contracts', component: () => import('@/rooms/funding/ContractsPage.vue'), meta: { title: 'fundingContracts', needs: needs('fundingContracts'), area: true } },
  { path: 'funding/operations', component: () => import('@/rooms/funding/OperationsPage.vue'), meta: { title: 'fundingOperations', needs: needs('fundingOperations'), area: true } },
  { path: 'funding/sustainability', component: () => import('@/rooms/funding/SustainabilityPage.vue'), meta: { title: 'fundingSustainability', needs: needs('fundingSustainability'), area: true } },
  { path: 'people', component: () => import('@/rooms/people/PeoplePage.vue'), meta: { title: 'people', needs: needs('people'), area: true } },
  { path: 'people/new', component: () => import('@/rooms/people/NewPersonPage.vue'), meta: { title: 'personNew', needs: ['registry.person.edit'], area: true } },
  { path: 'people/:id', component: () => import('@/rooms/people/PersonPage.vue'), meta: { title: 'person', needs: needs('people') } },
  { path: 'people/:id/join', component: () => import('@/rooms/regrouping/JoinPage.vue'), meta: { title: 'personJoin', needs: ['registry.person.join'] } },
  { path: 'people/:id/card', component: () => import('@/rooms/forms/PersonCardPage.vue'), meta: { title: 'personCard', needs: needs('people') } },
  { path: 'households/:id/card', component: () => import('@/rooms/forms/HouseholdCardPage.vue'), meta: { title: 'householdCard', needs: needs('households') } },
  { path: 'households', component: () => import('@/rooms/people/HouseholdsPage.vue'), meta: { title: 'households', needs: needs('households'), area: true } },
  { path: 'households/:id', component: () => import('@/rooms/people/HouseholdPage.vue'), meta: { title: 'household', needs: needs('households') } },
  { path: 'compounds', component: () => import('@/rooms/buildings/CompoundsPage.vue'), meta: { title: 'compounds', needs: needs('compounds'), area: true } },
  { path: 'compounds/:id', component: () => import('@/rooms/buildings/CompoundPage.vue'), meta: { title: 'compound', needs: needs('compounds') } },
  { path: 'buildings', component: () => import('@/rooms/buildings/BuildingsPage.vue'), meta: { title: 'buildings', needs: needs('buildings'), area: true } },
  { path: 'buildings/:id', component: () => import('@/rooms/buildings/BuildingPage.vue'), meta: { title: 'building', needs: needs('buildings') } },
  { path: 'buildings/:id/units/:unit', component: () => import('@/rooms/buildings/BuildingPage.vue'), meta: { title: 'building', needs: needs('buildings') } },
  { path: 'buildings/:id/sheet', component: () => import('@/rooms/buildings/SheetPage.vue'), meta: { title: 'buildingSheet', needs: needs('buildings') } },
  { path: 'buildings/:id/codes', component: () => import('@/rooms/buildings/CodesPage.vue'), meta: { title: 'buildingCodes', needs: ['places.home.edit'] } },
  { path: 'address-book', component: () => import('@/rooms/buildings/AddressBookPage.vue'), meta: { title: 'addressBook', needs: needs('addressBook'), area: true } },
  { path: 'scan/:code', component: () => import('@/rooms/buildings/ScanPage.vue'), meta: { title: 'scan', needs: ['places.view'] } },
  { path: 'homes', component: () => import('@/rooms/people/DwellingsPage.vue'), meta: { title: 'dwellings', needs: needs('dwellings'), area: true } },
  { path: 'homes/:id', component: () => import('@/rooms/people/DwellingPage.vue'), meta: { title: 'dwelling', needs: needs('dwellings') } },
  { path: 'entities', component: () => import('@/rooms/things/ThingsPage.vue'), props: { path: 'entities' }, meta: { title: 'entities', needs: needs('entities'), area: true } },
  { path: 'entities/:id', component: () => import('@/rooms/things/ThingPage.vue'), props: { path: 'entities' }, meta: { title: 'entity', needs: needs('entities') } },
  { path: 'key-places', component: () => import('@/rooms/things/ThingsPage.vue'), props: { path: 'key-places' }, meta: { title: 'key-places', needs: needs('key-places'), area: true } },
  { path: 'key-places/:id', component: () => import('@/rooms/things/ThingPage.vue'), props: { path: 'key-places' }, meta: { title: 'keyPlace', needs: needs('key-places') } },
  { path: 'components', component: () => import('@/rooms/things/ThingsPage.vue'), props: { path: 'components' }, meta: { title: 'components', needs: needs('components'), area: true } },
  { path: 'components/:id', component: () => import('@/rooms/things/ThingPage.vue'), props: { path: 'components' }, meta: { title: 'component', needs: needs('components') } },
  { path: 'rentals', component: () => import('@/rooms/things/ThingsPage.vue'), props: { path: 'rentals' }, meta: { title: 'rentals', needs: needs('rentals'), area: true } },
  { path: 'rentals/:id', component: () => import('@/rooms/things/ThingPage.vue'), props: { path: 'rentals' }, meta: { title: 'rental', needs: needs('rentals') } },
  { path: 'relations', component: () => import('@/rooms/ties/RelationsPage.vue'), meta: { title: 'relations', needs: needs('relations'), area: true } },
  { path: 'tags', component: () => import('@/rooms/ties/TagsPage.vue'), meta: { title: 'tags', needs: needs('tags'), area: true } },
  { path: 'bulk-edits', component: () => import('@/rooms/bulk/BulkEditsPage.vue'), meta: { title: 'bulkEdits', needs: needs('bulkEdits') } },
  { path: 'reviews', component: () => import('@/rooms/reviews/ReviewsPage.vue'), meta: { title: 'reviews', needs: needs('reviews'), area: true } },
  { path: 'conflicts', component: () => import('@/rooms/conflicts/ConflictsPage.vue'), meta: { title: 'conflicts', needs: needs('conflicts'), area: true } },
  { path: 'transfers', component: () => import('@/rooms/people/TransfersPage.vue'), meta: { title: 'transfers', needs: needs('transfers'), area: true } },
  { path: 'cases/directory', component: () => import('@/rooms/directory/DirectoryPage.vue'), meta: { title: 'caseDirectory', needs: needs('caseDirectory') } },
  { path: 'settings/suggestions', component: () => import('@/rooms/suggesting/TextVersionsPage.vue'), meta: { title: 'textVersions', needs: needs('textVersions') } },
  { path: 'intake', component: () => import('@/rooms/intake/BatchesPage.vue'), meta: { title: 'batches', needs: needs('batches'), area: true } },
  { path: 'intake/new', component: () => import('@/rooms/intake/UploadPage.vue'), meta: { title: 'upload', needs: needs('upload'), area: true } },
  { path: 'intake/mappings', component: () => import('@/rooms/intake/MappingsPage.vue'), meta: { title: 'mappings', needs: needs('mappings') } },
  { path: 'ledgers', component: () => import('@/rooms/ledgers/CataloguePage.vue'), meta: { title: 'ledgers', needs: needs('ledgers') } },
  { path: 'ledgers/new', component: () => import('@/rooms/ledgers/RegisterPage.vue'), meta: { title: 'ledgerNew', needs: ['intake.form.manage'] } },
  { path: 'ledgers/fill', component: () => import('@/rooms/ledgers/LedgerPage.vue'), meta: { title: 'ledgerFill', needs: ['intake.ledger.fill'], area: true } },
  { path: 'ledgers/:id', component: () => import('@/rooms/ledgers/FormPage.vue'), meta: { title: 'form', needs: needs('ledgers') } },
  { path: 'ledgers/:id/version', component: () => import('@/rooms/ledgers/RegisterPage.vue'), meta: { title: 'ledgerNew', needs: ['intake.form.manage'] } },
  { path: 'rounds', component: () => import('@/rooms/rounds/RoundsPage.vue'), meta: { title: 'rounds', needs: needs('rounds'), area: true } },
  { path: 'rounds/:id', component: () => import('@/rooms/rounds/RoundPage.vue'), meta: { title: 'round', needs: needs('rounds'), area: true } },
  { path: 'returns/:id', component: () => import('@/rooms/rounds/ReturnPage.vue'), meta: { title: 'return', needs: needs('rounds') } },
  { path: 'intake/pickups', component: () => import('@/rooms/intake/PickupsPage.vue'), meta: { title: 'pickups', needs: needs('pickups') } },
  { path: 'intake/comparisons/:id', component: () => import('@/rooms/intake/ComparisonPage.vue'), meta: { title: 'comparison', needs: needs('batches') } },
  { path: 'intake/:id', component: () => import('@/rooms/intake/BatchPage.vue'), meta: { title: 'batch', needs: needs('batches') } },
  { path: 'admin/accounts', component: () => import('@/rooms/access/AccountsPage.vue'), meta: { title: 'accounts', needs: needs('accounts') } },
  { path: 'admin/units', component: () => import('@/rooms/access/UnitsPage.vue'), meta: { title: 'units', needs: needs('units') } },
  { path: 'admin/groups', component: () => import('@/rooms/access/GroupsPage.vue'), meta: { title: 'groups', needs: needs('groups') } },
  { path: 'admin/posts', component: () => import('@/rooms/access/PostsPage.vue'), meta: { title: 'posts', needs: needs('posts') } },
  { path: 'admin/roles', component: () => import('@/rooms/access/RolesPage.vue'), meta: { title: 'roles', needs: needs('roles') } },
  { path: 'admin/review', component: () => import('@/rooms/access/AccessReviewPage.vue'), meta: { title: 'access-review', needs: needs('access-review'), area: true } },
  { path: 'logs/reads', component: () => import('@/rooms/access/ReadLogPage.vue'), meta: { title: 'reads', needs: needs('reads') } },
  { path: 'logs/changes', component: () => import('@/rooms/access/ChangeLogPage.vue'), meta: { title: 'changes', needs: needs('changes') } },
  { path: 'settings/installation', component: () => import('@/rooms/keeping/InstallationPage.vue'), meta: { title: 'installation', needs: needs('installation') } },
  { path: 'settings/calendar', component: () => import('@/rooms/calendar/CalendarPage.vue'), meta: { title: 'workCalendar', needs: needs('workCalendar') } },
  { path: 'settings/routing', component: () => import('@/rooms/routing/RoutingPage.vue'), meta: { title: 'routing', needs: needs('routing') } },
  { path: 'settings/survivorship', component: () => import('@/rooms/survivorship/SurvivorshipPage.vue'), meta: { title: 'survivorship', needs: needs('survivorship') } },
  { path: 'notices', component: () => import('@/rooms/messages/NoticesPage.vue'), meta: { title: 'notices' } },
  { path: 'settings/messages', component: () => import('@/rooms/messages/DeliveriesPage.vue'), meta: { title: 'deliveries', needs: needs('deliveries') } },
  { path: 'settings/retention', component: () => import('@/rooms/keeping/RetentionPage.vue'), meta: { title: 'retention', needs: needs('retention') } },
  { path: 'settings/retention/certificates/:id', component: () => import('@/rooms/keeping/CertificatePage.vue'), meta: { title: 'certificate', needs: needs('retention') } },
  { path: 'account', component: () => import('@/rooms/session/AccountPage.vue'), meta: { title: 'account' } },
  { path: 'help', component: () => import('@/rooms/help/HelpPage.vue'), meta: { title: 'help' } },
  { path: 'account', alias: 'settings', component: () => import('@/rooms/session/AccountPage.vue'), meta: { title: 'account' } },
  { path: ':rest(.*)*', component: StatusPage, props: { status: 404 }, meta: { title: 'missing' } },
]

export const router = createRouter({
  history: createWebHistory(),
  routes: [
    { path: '/sign-in', component: () => import('@/rooms/session/SignInPage.vue'), meta: { open: true, title: 'signIn' } },
    { path: '/', component: () => import('./AppShell.vue'), children: pages },
  ],
  scrollBehavior: (to, from, saved) => saved ?? (to.path === from.path ? false : { top: 0 }),
})

router.beforeEach(async (to, from) => {
  const session = useSession()
  if (!session.data) await session.load().catch(() => { session.data = { signed_in: false, demo: false, second_step: false, areas: [], permissions: [] } })
  if (!to.meta.open && !session.signedIn) {
    return { path: '/sign-in', query: to.fullPath === '/' ? {} : { next: to.fullPath } }
  }
  if (to.meta.open && session.signedIn) return '/'
  // Nothing opens before a one-time password is changed and a second factor that is asked for is there.
  const first = session.unfinished
  if (first && to.path !== '/account' && to.path !== '/settings') return { path: '/account', hash: first }
  // Whoever comes in begins with the area they chose, while it is theirs to see.
  const begin = useUi().start
  if (to.path === '/' && !('area' in to.query) && (from === START_LOCATION || from.path === '/sign-in') && begin && session.areas.some((a) => begin.startsWith(a.code) && begin !== a.code)) {
    return { ...to, query: { ...to.query, area: begin } }
  }
  // A page opened without naming an area keeps the one the user was looking at.
  if (to.meta.area && !('area' in to.query) && typeof from.query.area === 'string' && to.path !== from.path) {
    return { ...to, query: { ...to.query, area: from.query.area } }
  }
  return true
})

// A page whose file is gone (a new version was installed while this one was open) is loaded afresh, once.
router.onError((error, to) => {
  const gone = error instanceof TypeError && /import|fetch|module/i.test(error.message)
  const mark = `linli.reloaded:${to.fullPath}`
  if (!gone || sessionStorage.getItem(mark)) return
  sessionStorage.setItem(mark, '1')
  window.location.assign(to.fullPath)
})
