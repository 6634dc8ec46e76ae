/** The pages of the console by room, each with what one must be allowed to see it. */
import type { IconName } from '@/components/icons'

export interface NavPage { key: string; path: string; icon: IconName; needs: string[] }
export interface NavRoom { key: string; pages: NavPage[] }

const view = 'registry.person.view'
export const ROOMS: NavRoom[] = [
  { key: 'overview', pages: [
    { key: 'home', path: '/', icon: 'home', needs: [] },
    { key: 'notices', path: '/notices', icon: 'bell', needs: [] },
    { key: 'map', path: '/map', icon: 'map', needs: ['places.view', view] },
    { key: 'quality', path: '/quality', icon: 'quality', needs: [view] },
    { key: 'grids', path: '/grids', icon: 'columns', needs: ['places.edit'] },
    { key: 'recodes', path: '/recodes', icon: 'merge', needs: ['places.edit'] },
  ] },
  { key: 'cases', pages: [
    { key: 'cases', path: '/cases', icon: 'case', needs: ['cases.case.view', 'cases.case.handle'] },
    { key: 'caseNew', path: '/cases/new', icon: 'plus', needs: ['cases.case.report'] },
    { key: 'caseTasks', path: '/cases/field-tasks', icon: 'eye', needs: ['cases.case.check'] },
    { key: 'caseAdjustments', path: '/cases/adjustments', icon: 'clock', needs: ['cases.case.dispatch', 'cases.case.accept', 'cases.case.handle'] },
    { key: 'caseSupervision', path: '/cases/supervision', icon: 'warn', needs: ['cases.case.view', 'cases.case.handle'] },
    { key: 'proposals', path: '/cases/proposals', icon: 'file', needs: ['cases.proposal.view', 'cases.case.handle'] },
    { key: 'caseEvaluation', path: '/cases/evaluation', icon: 'quality', needs: ['cases.case.view', 'cases.case.handle'] },
    { key: 'caseDirectory', path: '/cases/directory', icon: 'columns', needs: ['cases.case.view', 'cases.category.edit'] },
  ] },
  { key: 'tiers', pages: [
    { key: 'tiers', path: '/tiers', icon: 'ladder', needs: ['tiers.standing.view'] },
    { key: 'tierApplications', path: '/tiers/applications', icon: 'todo', needs: ['tiers.standing.view'] },
    { key: 'tierPlans', path: '/tiers/plans', icon: 'quality', needs: ['tiers.plan.view'] },
    { key: 'tierPractice', path: '/tiers/practice', icon: 'archive', needs: ['tiers.standing.view'] },
    { key: 'tierCoordination', path: '/tiers/coordination', icon: 'todo', needs: ['tiers.coordination.edit'] },
    { key: 'tierSystems', path: '/tiers/systems', icon: 'columns', needs: ['tiers.standing.view'] },
  ] },
  { key: 'funding', pages: [
    { key: 'fundingBooks', path: '/funding', icon: 'quality', needs: ['funding.book.view'] },
    { key: 'fundingEntries', path: '/funding/entries', icon: 'file', needs: ['funding.book.view'] },
    { key: 'fundingSources', path: '/funding/sources', icon: 'archive', needs: ['funding.book.view'] },
    { key: 'fundingContracts', path: '/funding/contracts', icon: 'todo', needs: ['funding.book.view'] },
    { key: 'fundingOperations', path: '/funding/operations', icon: 'transfer', needs: ['funding.book.view'] },
    { key: 'fundingSustainability', path: '/funding/sustainability', icon: 'history', needs: ['funding.book.view'] },
  ] },
  { key: 'registry', pages: [
    { key: 'people', path: '/people', icon: 'people', needs: [view] },
    { key: 'households', path: '/households', icon: 'household', needs: [view] },
    { key: 'compounds', path: '/compounds', icon: 'units', needs: ['places.view'] },
    { key: 'buildings', path: '/buildings', icon: 'building', needs: ['places.view'] },
    { key: 'dwellings', path: '/homes', icon: 'dwelling', needs: [view] },
    { key: 'addressBook', path: '/address-book', icon: 'pin', needs: ['places.home.edit', 'registry.address.resolve'] },
    { key: 'entities', path: '/entities', icon: 'entity', needs: ['registry.entity.view'] },
    { key: 'key-places', path: '/key-places', icon: 'place', needs: ['registry.place.view'] },
    { key: 'components', path: '/components', icon: 'component', needs: ['registry.component.view'] },
    { key: 'rentals', path: '/rentals', icon: 'rental', needs: ['registry.rental.view'] },
    { key: 'relations', path: '/relations', icon: 'merge', needs: [view] },
    { key: 'tags', path: '/tags', icon: 'post', needs: ['registry.tag.view', 'registry.tag.catalogue'] },
    { key: 'bulkEdits', path: '/bulk-edits', icon: 'edit', needs: ['registry.bulk.edit'] },
    { key: 'conflicts', path: '/conflicts', icon: 'warn', needs: ['registry.person.edit'] },
    { key: 'transfers', path: '/transfers', icon: 'transfer', needs: ['registry.transfer.decide'] },
  ] },
  { key: 'intake', pages: [
    { key: 'batches', path: '/intake', icon: 'batches', needs: ['intake.batch.view', 'intake.batch.upload'] },
    { key: 'reviews', path: '/reviews', icon: 'todo', needs: ['intake.batch.merge', 'registry.person.join'] },
    { key: 'upload', path: '/intake/new', icon: 'upload', needs: ['intake.batch.upload'] },
    { key: 'mappings', path: '/intake/mappings', icon: 'columns', needs: ['intake.batch.upload', 'intake.source.edit'] },
    { key: 'ledgers', path: '/ledgers', icon: 'file', needs: ['intake.ledger.fill', 'intake.form.manage', 'intake.form.approve'] },
    { key: 'rounds', path: '/rounds', icon: 'send', needs: ['intake.round.view'] },
    { key: 'pickups', path: '/intake/pickups', icon: 'history', needs: ['intake.source.edit'] },
  ] },
  { key: 'access', pages: [
    { key: 'accounts', path: '/admin/accounts', icon: 'account', needs: ['access.account.view'] },
    { key: 'units', path: '/admin/units', icon: 'units', needs: ['access.account.view'] },
    { key: 'groups', path: '/admin/groups', icon: 'merge', needs: ['access.account.view', 'places.edit'] },
    { key: 'posts', path: '/admin/posts', icon: 'post', needs: ['access.account.view'] },
    { key: 'roles', path: '/admin/roles', icon: 'role', needs: ['access.account.view', 'access.role.edit'] },
    { key: 'access-review', path: '/admin/review', icon: 'todo', needs: ['access.right.review'] },
  ] },
  { key: 'logs', pages: [
    { key: 'reads', path: '/logs/reads', icon: 'eye', needs: ['access.log.view'] },
    { key: 'changes', path: '/logs/changes', icon: 'history', needs: ['access.log.view'] },
  ] },
  { key: 'settings', pages: [
    { key: 'installation', path: '/settings/installation', icon: 'info', needs: ['access.account.view', 'access.retention.view'] },
    { key: 'workCalendar', path: '/settings/calendar', icon: 'clock', needs: ['access.calendar.edit', 'cases.case.view'] },
    { key: 'textVersions', path: '/settings/suggestions', icon: 'quality', needs: ['cases.category.edit'] },
    { key: 'routing', path: '/settings/routing', icon: 'transfer', needs: ['cases.routing.view', 'cases.routing.edit'] },
    { key: 'survivorship', path: '/settings/survivorship', icon: 'columns', needs: ['registry.survivorship.edit'] },
    { key: 'deliveries', path: '/settings/messages', icon: 'bell', needs: ['messages.delivery.view', 'messages.robot.edit'] },
    { key: 'retention', path: '/settings/retention', icon: 'archive', needs: ['access.retention.view'] },
  ] },
]
export const PAGES = ROOMS.flatMap((room) => room.pages.map((page) => ({ ...page, room: room.key })))
