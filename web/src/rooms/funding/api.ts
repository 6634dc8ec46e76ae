/** Calls of the room of funding. Amounts are decimal texts with two places, in CNY: they are never counted with here. */
import { keepPreviousData, useQuery } from '@tanstack/vue-query'
import { useI18n } from 'vue-i18n'
import { call, get, type QueryValue } from '@/api/client'
import type { Page } from '@/api/types'
import { usePaged } from '@/app/paging'

export interface Account { code: string; name: string; kind: string; kind_label: string; money: boolean; capital: boolean }
export interface Source { id: string; kind: string; kind_label: string; name: string; terms: string; earmark: string; spend_accounts: string[]; valid_from: string; valid_until: string | null; certainty: string; origin: string; version: number }
export interface Sources { items: Source[]; may_edit: boolean }
export type SourceEntry = Omit<Source, 'id' | 'kind_label' | 'version'>
export interface Party { id: string; kind: string; kind_label: string; name: string; credit_code: string; note: string }
export type PartyEntry = Omit<Party, 'id' | 'kind_label'>
export interface BudgetPart { id: string; amount: string; note: string; version: number }
export interface Budget { source_id: string; source_name: string; kind: string; year: number; area_code: string; area_name: string; amount: string; used: string; left: string; parts: BudgetPart[] }
export interface Budgets { items: Budget[]; may_edit: boolean }
export interface BudgetEntry { source_id: string; year: number; area: string; amount: string; note: string }
export interface EntryRow { id: string; number: string; month: number; booked_on: string; area_code: string; area_name: string; source_id: string; source_name: string; party_id: string | null; party_name: string; text: string; document: string; amount: string; reverses: string | null; reversed_by: string | null; posted_at: string; posted_by_name: string }
export interface Line { account: string; account_name: string; debit: string; credit: string; note: string }
export interface Entry extends EntryRow { lines: Line[]; reverses_number: string; may_reverse: boolean; award: { application_id: string; year: number; tier_label: string; document: string; awarded_on: string } | null }
export interface NewEntry { area: string; source_id: string; booked_on: string; text: string; party_id: string | null; document: string; lines: { account: string; debit: string; credit: string; note: string }[] }
export interface Period { month: number; entries: number; closed_at: string | null; closed_by_name: string }
export interface Periods { items: Period[]; closable: number | null; closed_through: number | null; may_close: boolean }
export interface Figures { opening: string; received: string; paid: string; closing: string; income: string; expense: string; invested: string; debit: string; credit: string; entries: number }
export interface ReportRow { key: string; name: string; kind: string; figures: Figures }
export interface Report { by: string; first: number; last: number; rows: ReportRow[]; total: Figures; balanced: boolean }

export const BYS = ['source', 'area', 'party', 'account'] as const
export type By = (typeof BYS)[number]
export const SOURCE_KINDS = ['provincial_award', 'city_finance', 'district_finance', 'street', 'enterprise', 'operation', 'donation'] as const
export const PARTY_KINDS = ['operator', 'supplier', 'payer', 'other'] as const
export const CERTAINTIES = ['official', 'local', 'inferred', 'demo'] as const
export const REFRESH = ['funding', 'funding-entries', 'funding-projects', 'funding-contracts', 'funding-assets', 'funding-due', 'funding-revenues', 'funding-sustained', 'funding-awards', 'today']

/** What a list asks the API: the language is in its key only, so that labels are fetched anew when it changes. */
export const plain = (asked: Record<string, unknown>) => Object.fromEntries(Object.entries(asked).filter(([key]) => key !== 'locale')) as Record<string, QueryValue>

export function useAccounts() {
  const { locale } = useI18n()
  return useQuery({ queryKey: ['funding', 'accounts', locale], queryFn: ({ signal }) => get<Account[]>('/funding/accounts', undefined, signal), staleTime: 600_000 })
}
export function useSources() {
  const { locale } = useI18n()
  return useQuery({ queryKey: ['funding', 'sources', locale], queryFn: ({ signal }) => get<Sources>('/funding/sources', undefined, signal), placeholderData: keepPreviousData })
}
/** All parties, to choose from, by name. */
export function useParties() {
  const { locale } = useI18n()
  return useQuery({ queryKey: ['funding', 'parties', locale], queryFn: async ({ signal }) => (await everything<Party>('/funding/parties', {}, signal)).sort((a, b) => a.name.localeCompare(b.name, 'zh-CN')), placeholderData: keepPreviousData })
}
export const useBudgets = (year: () => number | undefined, area: () => string | undefined) => useQuery({
  queryKey: ['funding', 'budgets', year, area],
  queryFn: ({ signal }) => get<Budgets>('/funding/budgets', { year: year(), area: area() }, signal),
  placeholderData: keepPreviousData,
})
export function useReport(asked: () => Record<string, string | number | undefined>) {
  const { locale } = useI18n()
  return useQuery({ queryKey: ['funding', 'report', asked, locale], queryFn: ({ signal }) => get<Report>('/funding/report', asked(), signal), placeholderData: keepPreviousData })
}
export const usePeriods = () => useQuery({ queryKey: ['funding', 'periods'], queryFn: ({ signal }) => get<Periods>('/funding/periods', undefined, signal), placeholderData: keepPreviousData })
export function useEntry(id: () => string) {
  const { locale } = useI18n()
  return useQuery({ queryKey: ['funding', 'entry', id, locale], queryFn: ({ signal }) => get<Entry>(`/funding/entries/${id()}`, undefined, signal), enabled: () => Boolean(id()) })
}
export const postEntry = (idempotencyKey: string, body: NewEntry) => call<Entry>('POST', '/funding/entries', { body, idempotencyKey })
export const reverseEntry = (idempotencyKey: string, id: string, body: { booked_on: string; reason: string }) => call<Entry>('POST', `/funding/entries/${id}/reverse`, { body, idempotencyKey })
export const closeMonth = (idempotencyKey: string, month: number) => call<Periods>('POST', '/funding/periods/close', { body: { month }, idempotencyKey })
export const addSource = (idempotencyKey: string, body: SourceEntry) => call<Source>('POST', '/funding/sources', { body, idempotencyKey })
export const changeSource = (idempotencyKey: string, id: string, body: SourceEntry & { version: number }) => call<Source>('PUT', `/funding/sources/${id}`, { body, idempotencyKey })
export const addParty = (idempotencyKey: string, body: PartyEntry) => call<Party>('POST', '/funding/parties', { body, idempotencyKey })
export const addBudget = (idempotencyKey: string, body: BudgetEntry) => call<Budgets>('POST', '/funding/budgets', { body, idempotencyKey })
export const changeBudget = (idempotencyKey: string, id: string, body: { amount: string; note: string; version: number }) => call<Budgets>('PUT', `/funding/budgets/${id}`, { body, idempotencyKey })

export interface Project { id: string; area_code: string; area_name: string; title: string; need: string; source_id: string; source_name: string; planned: string; state: string; state_label: string; next: string[]; tender_method: string; tender_number: string; tender_on: string | null; award_party_id: string | null; award_party: string; award_amount: string | null; award_on: string | null; contract_id: string | null; drop_reason: string; version: number }
export interface ContractRow { id: string; area_code: string; area_name: string; kind: string; kind_label: string; number: string; title: string; party: string; source_name: string; account: string; amount: string; paid: string; left: string; signed_on: string; ends_on: string | null; warranty_until: string | null; accepted_on: string | null; cancelled_on: string | null; project_id: string | null; facility_id: string | null; facility: string }
export interface Asset { id: string; area_code: string; area_name: string; name: string; quantity: number; cost: string; place: string; accepted_on: string; warranty_until: string | null; contract_id: string; contract_number: string; party: string }
export interface May { allowed: boolean; why_not: string }
export interface Contract extends ContractRow { acceptance: string; cancel_reason: string; milestones: { id: string; name: string; due_on: string; amount: string }[]; payments: { id: string; milestone: string; paid_on: string; amount: string; entry_id: string; entry_number: string; reversed: boolean }[]; assets: Asset[]; may_edit: boolean; may_pay: May; may_accept: May; may_cancel: May }
export interface Due { contract_id: string; number: string; title: string; area_name: string; party: string; kind: string; what: string; day: string; overdue: boolean; amount: string | null }
export interface Running { area_code: string; area_name: string; accounts: Record<string, string>; total: string; before: string }
export interface Runnings { first: number; last: number; items: Running[] }
export interface Facility { id: string; area_code: string; area_name: string; kind: string; kind_label: string; name: string; opened_on: string; invested: string; yearly_upkeep: string; life_years: number }
export interface RevenueMonth { month: number; rate: string; quantity: string | null; amount: string | null; entry_id: string | null }
export interface RevenueTerms { since: string; rate: string; valid_until: string | null; reason: string; agreed_at: string; agreed_by_name: string }
export interface Revenue { id: string; area_code: string; area_name: string; facility_id: string; facility: string; party: string; source_name: string; kind: string; kind_label: string; number: string; rate: string; rate_now: string; valid_from: string; valid_until: string | null; state: string; state_label: string; reason: string; cancelled_on: string | null; version: number; terms: RevenueTerms[]; months: RevenueMonth[]; may_settle: May; may_change: May; may_cancel: May }
export interface Revenues extends Page<Revenue> { rounding: string; /** Months of all contracts in sight that are not settled; told with the first page. */ unsettled: number | null; may_edit: boolean }
export interface Verdict { earned: string; upkeep: string; net: string; covers: string | null; pays_upkeep: boolean | null; years: string | null; in_life: boolean }
export interface Sustained { facility: Facility; months: string; booked: boolean; verdict: Verdict; supposed: Verdict }
export interface NewContract { area: string; kind: string; number: string; title: string; party_id: string; source_id: string; account: string; amount: string; signed_on: string; project_id: string | null; facility_id: string | null; ends_on: string | null; warranty_until: string | null; parts: { name: string; due_on: string; amount: string }[] }
export interface NewRevenue { facility_id: string; party_id: string; source_id: string; kind: string; number: string; rate: string; valid_from: string; valid_until: string | null }
export interface NewFacility { area: string; kind: string; name: string; opened_on: string; invested: string; yearly_upkeep: string; life_years: number }
export interface ProjectStep { version: number; on: string; method: string; number: string; party_id: string | null; amount: string | null; reason: string }

export const METHODS = ['open', 'invited', 'consultation', 'enquiry', 'single', 'small'] as const
export const FACILITY_KINDS = ['charger', 'locker', 'screen', 'other'] as const
export const REVENUE_KINDS = ['rent', 'per_kwh', 'per_parcel', 'advertising'] as const

export function useProjects(area: () => string | undefined) {
  const { locale } = useI18n()
  return usePaged<Project>('funding-projects', () => ({ area: area(), locale: locale.value }), (asked, signal) => get<Page<Project>>('/funding/projects', plain(asked), signal))
}
export function useContracts(area: () => string | undefined) {
  const { locale } = useI18n()
  return usePaged<ContractRow>('funding-contracts', () => ({ area: area(), locale: locale.value }), (asked, signal) => get<Page<ContractRow>>('/funding/contracts', plain(asked), signal))
}
export function useContract(id: () => string) {
  const { locale } = useI18n()
  return useQuery({ queryKey: ['funding', 'contract', id, locale], queryFn: ({ signal }) => get<Contract>(`/funding/contracts/${id()}`, undefined, signal), enabled: () => Boolean(id()) })
}
export const useAssets = (area: () => string | undefined) => usePaged<Asset>('funding-assets', () => ({ area: area() }), (asked, signal) => get<Page<Asset>>('/funding/assets', plain(asked), signal))
export const useDue = (area: () => string | undefined, what: () => string | undefined) => usePaged<Due>('funding-due', () => ({ area: area(), what: what() }), (asked, signal) => get<Page<Due>>('/funding/due', plain(asked), signal))
export const useRunning = (year: () => string, area: () => string | undefined) => useQuery({ queryKey: ['funding', 'running', year, area], queryFn: ({ signal }) => get<Runnings>('/funding/running-cost', { year: year() || undefined, area: area() }, signal), placeholderData: keepPreviousData })
/** All facilities, to choose from: page after page, so that none is missing. */
export function useFacilities(area: () => string | undefined) {
  const { locale } = useI18n()
  return useQuery({ queryKey: ['funding', 'facilities', area, locale], queryFn: ({ signal }) => everything<Facility>('/funding/facilities', { area: area() }, signal), placeholderData: keepPreviousData })
}
async function everything<T>(path: string, asked: Record<string, QueryValue>, signal: AbortSignal): Promise<T[]> {
  const found: T[] = []
  let cursor: string | undefined
  do {
    const page = await get<Page<T>>(path, { ...asked, cursor, limit: 200 }, signal)
    found.push(...page.items)
    cursor = page.next ?? undefined
  } while (cursor)
  return found
}
export function useRevenues(area: () => string | undefined) {
  const { locale } = useI18n()
  return usePaged<Revenue>('funding-revenues', () => ({ area: area(), locale: locale.value }), (asked, signal) => get<Page<Revenue>>('/funding/revenues', plain(asked), signal))
}
export function useSustained(asked: () => Record<string, string | number | undefined>) {
  const { locale } = useI18n()
  return usePaged<Sustained>('funding-sustained', () => ({ ...asked(), locale: locale.value }), (asked, signal) => get<Page<Sustained>>('/funding/sustainability', plain(asked), signal))
}
export const addProject = (idempotencyKey: string, body: { area: string; title: string; source_id: string; planned: string; need: string }) => call<Project>('POST', '/funding/projects', { body, idempotencyKey })
export const stepProject = (idempotencyKey: string, id: string, step: string, body: ProjectStep) => call<Project>('POST', `/funding/projects/${id}/${step}`, { body, idempotencyKey })
export const addContract = (idempotencyKey: string, body: NewContract) => call<Contract>('POST', '/funding/contracts', { body, idempotencyKey })
export const payContract = (idempotencyKey: string, id: string, body: { paid_on: string; amount: string; milestone_id: string | null; out_of: string; document: string }) => call<Contract>('POST', `/funding/contracts/${id}/pay`, { body, idempotencyKey })
export const acceptContract = (idempotencyKey: string, id: string, body: { on: string; words: string; assets: { name: string; quantity: number; cost: string; place: string }[] }) => call<Contract>('POST', `/funding/contracts/${id}/accept`, { body, idempotencyKey })
export const addFacility = (idempotencyKey: string, body: NewFacility) => call<Facility>('POST', '/funding/facilities', { body, idempotencyKey })
export const addRevenue = (idempotencyKey: string, body: NewRevenue) => call<Revenue>('POST', '/funding/revenues', { body, idempotencyKey })
export const importUsage = (idempotencyKey: string, body: { area: string | null; rows: { number: string; month: number; quantity: string; area?: string }[]; origin: string }) => call<{ taken: number }>('POST', '/funding/usage', { body, idempotencyKey })
export const settleMonth = (idempotencyKey: string, id: string, body: { month: number; booked_on: string; onto: string; amount: string | null }) => call<{ amount: string; entry_id: string }>('POST', `/funding/revenues/${id}/settle`, { body, idempotencyKey })
export const changeRevenue = (idempotencyKey: string, id: string, body: { since: string; rate: string; valid_until: string | null; reason: string; version: number }) => call<Revenue>('POST', `/funding/revenues/${id}/change`, { body, idempotencyKey })
export const endRevenue = (idempotencyKey: string, id: string, body: { on: string; reason: string; version: number }) => call<Revenue>('POST', `/funding/revenues/${id}/end`, { body, idempotencyKey })
export const cancelRevenue = (idempotencyKey: string, id: string, body: { reason: string; version: number }) => call<Revenue>('POST', `/funding/revenues/${id}/cancel`, { body, idempotencyKey })
export const cancelContract = (idempotencyKey: string, id: string, body: { reason: string }) => call<Contract>('POST', `/funding/contracts/${id}/cancel`, { body, idempotencyKey })
