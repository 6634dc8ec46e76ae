/** Calls of the room of funding. Amounts are decimal texts with two places, in CNY: they are never counted with here. */
import { keepPreviousData, useQuery } from '@tanstack/vue-query'
import { useI18n } from 'vue-i18n'
import { call, get } from '@/api/client'

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
export interface Entry extends EntryRow { lines: Line[]; reverses_number: string; may_reverse: boolean }
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
export const REFRESH = ['funding']

export function useAccounts() {
  const { locale } = useI18n()
  return useQuery({ queryKey: ['funding', 'accounts', locale], queryFn: ({ signal }) => get<Account[]>('/funding/accounts', undefined, signal), staleTime: 600_000 })
}
export function useSources() {
  const { locale } = useI18n()
  return useQuery({ queryKey: ['funding', 'sources', locale], queryFn: ({ signal }) => get<Sources>('/funding/sources', undefined, signal), placeholderData: keepPreviousData })
}
export function useParties() {
  const { locale } = useI18n()
  return useQuery({ queryKey: ['funding', 'parties', locale], queryFn: ({ signal }) => get<Party[]>('/funding/parties', undefined, signal), placeholderData: keepPreviousData })
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
