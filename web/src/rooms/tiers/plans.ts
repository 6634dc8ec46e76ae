/** Plans of upgrades: what is asked, what is answered, and how money is told. */
import { keepPreviousData, useQuery } from '@tanstack/vue-query'
import { call, get } from '@/api/client'
import type { Text } from './api'
import { heightOf, type Reached } from './tiers'

export const OBJECTIVES = ['communities', 'people', 'index'] as const
export type Objective = (typeof OBJECTIVES)[number]
export interface Asked {
  title: string
  first_year: number
  years: number
  sources: { code: string; amounts: string[] }[]
  objective: Objective
  awards: boolean
  per_town: number
  keep: boolean
}
export interface Summary { points: number; bound: number; gap: number; cost_cents: number; award_cents: number; raised: number; people: number }
export interface ScenarioBrief {
  id: string
  plan_id: string
  title: string
  state: 'waiting' | 'running' | 'finished' | 'infeasible' | 'failed'
  why: string
  assessed_on: string
  asked_at: string
  asked_by_name: string
  summary: Summary | null
}
export interface Work { area_code: string; measure: string; year: number; ready_year: number; cost_cents: number; running_cents: number; serves: string[] }
export interface Outcome {
  area_code: string
  name: string
  town_name: string
  people: number
  before: Reached
  tiers: Reached[]
  raised: boolean | number
  cost_cents: number
  award_cents: number
  reason: { code: string; text: Text; missing: { indicator: string; metric: string }[]; cheapest_cents: number | null } | null
}
export interface Result extends Summary {
  works: Work[]
  communities: Outcome[]
  marginal: { source: string; year: number; points: number }[]
  marginal_how: Text
  simple_points: number | null
  collisions?: { group: string; text: Text }[]
}
export interface Scenario extends ScenarioBrief { asked: Partial<Asked>; result: Partial<Result> | null; inferred_bounds: boolean; assumed_costs: number }
export interface MeasureRow { code: string; name: Text; unit_cost: string; certainty: string }

const isOpen = (s: Pick<ScenarioBrief, 'state'>): boolean => s.state === 'waiting' || s.state === 'running'
/** Looked at often while one is being solved. */
export const useScenarios = () => useQuery({
  queryKey: ['plans', 'scenarios'],
  queryFn: ({ signal }) => get<{ items: ScenarioBrief[]; next: string | null; may_edit: boolean }>('/tiers/plans', { limit: 30 }, signal),
  refetchInterval: (query) => ((query.state.data?.items ?? []).some(isOpen) ? 1500 : false),
})
export const useScenario = (id: () => string) => useQuery({
  queryKey: ['plans', 'scenario', id],
  queryFn: ({ signal }) => get<Scenario>(`/tiers/plans/${id()}`, undefined, signal),
  placeholderData: keepPreviousData,
  enabled: () => Boolean(id()),
  refetchInterval: (query) => (query.state.data && isOpen(query.state.data) ? 1500 : false),
})
export const useMeasureNames = () => useQuery({ queryKey: ['plans', 'measures'], queryFn: ({ signal }) => get<{ items: MeasureRow[] }>('/tiers/measures', undefined, signal), staleTime: 300_000 })
export const askPlan = (idempotencyKey: string, asked: Asked, area: string | undefined) => call<ScenarioBrief>('POST', '/tiers/plans', { body: { asked, area: area ?? null }, idempotencyKey })

/** A budget spread evenly over the years, to the cent; what does not divide falls into the first. */
export function spread(budget: number, years: number): string[] {
  const cents = Math.round(budget * 100)
  const share = Math.floor(cents / years)
  return Array.from({ length: years }, (_, i) => ((i === 0 ? cents - share * (years - 1) : share) / 100).toFixed(2))
}

const grouped = new Intl.NumberFormat('en-US', { minimumFractionDigits: 1, maximumFractionDigits: 1 })
/** Cents as tens of thousands of CNY, which is how budgets are talked about. */
export const tenThousands = (cents: number | null | undefined): string => (cents == null ? '–' : grouped.format(cents / 1_000_000))

export const endOf = (o: Outcome): Reached => o.tiers[o.tiers.length - 1] ?? o.before
/** What colours the map before the plan and after it. */
export const heightsAt = (outcomes: readonly Outcome[], when: 'before' | 'after'): Record<string, number> =>
  Object.fromEntries(outcomes.map((o) => [o.area_code, heightOf(when === 'before' ? o.before : endOf(o))]))
/** Those that climb first, then those that were left out, the dearest first within each. */
export const ordered = (outcomes: readonly Outcome[]): Outcome[] =>
  [...outcomes].sort((a, b) => Number(heightOf(endOf(b)) > heightOf(b.before)) - Number(heightOf(endOf(a)) > heightOf(a.before)) || b.cost_cents - a.cost_cents || a.area_code.localeCompare(b.area_code))
