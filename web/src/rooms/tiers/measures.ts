/** Prices of measures: what they cost, by town where that differs, how sure that is, and what was changed. */
import { useQuery } from '@tanstack/vue-query'
import { call, get } from '@/api/client'
import type { Text } from './api'

export const MEASURE_CERTAINTIES = ['assumption', 'quoted', 'official'] as const
export type MeasureCertainty = (typeof MEASURE_CERTAINTIES)[number]
export interface Town { code: string; name: string }
export interface Measure {
  code: string
  name: Text
  basis: 'community' | 'compound'
  unit_cost: string
  running_cost: string
  /** Unit costs by town code, where they differ. */
  town_prices: Record<string, string>
  lead_months: number
  staff_days: number
  shareable: boolean
  theme: string
  needs: string[]
  effects: { metric: string; metric_name: Text; kind: 'add' | 'set'; amount: number }[]
  certainty: MeasureCertainty
  note: string
  changed_at: string
  changed_by_name: string
}
export interface Measures { items: Measure[]; towns: Town[]; may_edit: boolean }
export interface PriceChange { field: string; before: string | number | Record<string, string>; after: string | number | Record<string, string> }
export interface MeasureChange { at: string; by_name: string; prices: PriceChange[] }
export interface MeasureEntry { unit_cost: string; running_cost: string; lead_months: number; staff_days: number; town_prices: Record<string, string>; certainty: MeasureCertainty; note: string }

export const useMeasures = () => useQuery({ queryKey: ['plans', 'measures'], queryFn: ({ signal }) => get<Measures>('/tiers/measures', undefined, signal), staleTime: 60_000 })
export const useMeasureLog = (code: () => string) => useQuery({ queryKey: ['plans', 'measure-log', code], queryFn: ({ signal }) => get<{ items: MeasureChange[] }>(`/tiers/measures/${code()}/log`, undefined, signal) })
export const changeMeasure = (idempotencyKey: string, code: string, body: Partial<MeasureEntry> & { changed_at: string }) => call<Measure>('PATCH', `/tiers/measures/${code}`, { body, idempotencyKey })

/** Prices of towns as rows of a form, and back; rows that say nothing are left out. */
export interface TownPrice { town: string; price: number | null }
export const rowsOf = (prices: Record<string, string>): TownPrice[] => Object.entries(prices).map(([town, price]) => ({ town, price: Number(price) }))
export const pricesOf = (rows: readonly TownPrice[]): Record<string, string> =>
  Object.fromEntries(rows.filter((r) => r.town && r.price !== null).map((r) => [r.town, (r.price ?? 0).toFixed(2)]))

/** What of an entry differs from the measure as it was read: nothing else is sent, so that nothing of others is written over. */
export function changedOf(measure: Measure, entry: MeasureEntry): Partial<MeasureEntry> {
  const same = (name: keyof MeasureEntry): boolean => {
    if (name === 'town_prices') return JSON.stringify(Object.entries(measure.town_prices).sort()) === JSON.stringify(Object.entries(entry.town_prices).sort())
    return measure[name] === entry[name]
  }
  return Object.fromEntries((Object.keys(entry) as (keyof MeasureEntry)[]).filter((name) => !same(name)).map((name) => [name, entry[name]]))
}

const grouped = new Intl.NumberFormat('en-US', { minimumFractionDigits: 0, maximumFractionDigits: 2 })
/** CNY as people read it. */
export const yuan = (amount: string | number): string => grouped.format(Number(amount))
