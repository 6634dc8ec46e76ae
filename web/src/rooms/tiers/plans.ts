/** Plans of upgrades: what is asked, what is answered, and how money is told. */
import { keepPreviousData, useQuery } from '@tanstack/vue-query'
import { call, get } from '@/api/client'
import type { Tone } from '@/components/StatusTag.vue'
import type { Text } from './api'
import type { Measure } from './measures'
import { heightOf, RUNGS, type Reached, type Tier } from './tiers'

export const OBJECTIVES = ['communities', 'people', 'index'] as const
export type Objective = (typeof OBJECTIVES)[number]
/** A community reaches a tier, or has a measure begun, in a year at the latest. */
export interface Lock { community: string; tier?: Tier | null; measure?: string | null; year?: number | null }
/** A measure, works in a community, a measure in it, or a tier in it are not chosen. */
export interface Ban { community?: string | null; measure?: string | null; tier?: Tier | null }
export interface Choices { locks: Lock[]; bans: Ban[] }
export interface Asked extends Partial<Choices> {
  title: string
  first_year: number
  years: number
  sources: { code: string; amounts: string[]; carries?: boolean; themes?: string[]; towns?: string[]; old_only?: boolean }[]
  objective: Objective
  /** Person-days by year; null without a limit. */
  staff?: number[] | null
  awards: boolean
  per_town: number
  /** The share of the raised that are old compounds. */
  old_share?: number
  keep: boolean
  front?: boolean
}
export interface Summary { points: number; bound: number; gap: number; cost_cents: number; award_cents: number; raised: number; people: number
  /** Awards earned in the plan that come after its last year. */
  award_after_cents?: number
  /** Of those raised, who needs no work for it. */
  raised_without_work?: number
}
/** What a share of the budget reaches, for the most people. */
export interface FrontPoint { share: number; budget_cents: number; cost_cents: number; raised: number; people: number; gap: number }
export interface ScenarioBrief {
  id: string
  plan_id: string
  title: string
  state: 'waiting' | 'running' | 'finished' | 'infeasible' | 'failed'
  why: string
  /** Why it failed, in words. */
  why_text?: Text | null
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
/** What a year's further money is worth; null where the relaxation has no price for it. */
export interface Marginal { source: string; year: number; points: number | null }
export interface Result extends Summary {
  works: Work[]
  communities: Outcome[]
  /** Who pays what in which year; awards pay as the source "award". */
  paid?: { source: string; year: number; cents: number }[]
  /** Awards by the year they come in, within the plan. */
  income_cents: number[]
  marginal: Marginal[]
  marginal_how: Text
  simple_points: number | null
  front?: FrontPoint[]
  collisions?: { group: string; text: Text }[]
  /** The communities that cannot meet the conditions, where it is they alone. */
  colliding_communities?: string[]
  /** Only in fractions of works would there be a plan. */
  only_in_fractions?: boolean
  /** Why the question was refused when it came to solving it. */
  refused?: Text
}
export interface Scenario extends ScenarioBrief { asked: Partial<Asked>; result: Partial<Result> | null; inferred_bounds: boolean; assumed_costs: number
  /** The communities its conditions name, by code. */
  names: Record<string, string>
}
/** What was asked of a scenario, as far as it is compared by it. */
export interface Terms { budget_cents: number; first_year: number; years: number; objective: Objective; locks: number; bans: number }
export interface ComparedScenarios { items: ScenarioBrief[]; terms: Terms[]; communities: { area_code: string; name: string; town_name: string; before: Reached; after: (Reached | null)[] }[] }
export const TONES: Record<ScenarioBrief['state'], Tone> = { waiting: 'idle', running: 'brand', finished: 'ok', infeasible: 'warn', failed: 'bad' }
/** As many as the API sets side by side. */
export const MOST_COMPARED = 6

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
export const askPlan = (idempotencyKey: string, asked: Asked, area: string | undefined) => call<ScenarioBrief>('POST', '/tiers/plans', { body: { asked, area: area ?? null }, idempotencyKey })

export const solveAgain = (idempotencyKey: string, scenario: string, title: string, choices: Choices) =>
  call<ScenarioBrief>('POST', `/tiers/plans/${scenario}/again`, { body: { title, ...choices }, idempotencyKey })

/** What a lock of a community holds: the tier the plan gives it, or the next one where the plan leaves it out; none at the top. */
export const lockedAt = (o: Outcome): Tier | undefined =>
  RUNGS[Math.max(heightOf(endOf(o)), heightOf(o.before) + 1)] as Tier | undefined
export type Choice = 'lock' | 'ban'
const isLock = (code: string) => (l: Lock) => l.community === code && Boolean(l.tier) && !l.measure
const isBan = (code: string) => (b: Ban) => b.community === code && !b.measure && !b.tier
export const choiceOf = (choices: Choices, code: string): Choice | undefined =>
  choices.locks.some(isLock(code)) ? 'lock' : choices.bans.some(isBan(code)) ? 'ban' : undefined
/** The choices with that of one community changed, or lifted where it is none; those of measures stay. */
export function choose(choices: Choices, o: Outcome, choice: Choice | undefined): Choices {
  const [code, tier] = [o.area_code, lockedAt(o)]
  const locks = choices.locks.filter((l) => !isLock(code)(l))
  const bans = choices.bans.filter((b) => !isBan(code)(b))
  return { locks: choice === 'lock' && tier ? [...locks, { community: code, tier }] : locks, bans: choice === 'ban' ? [...bans, { community: code }] : bans }
}
/** What a scenario was asked with, to be changed here; it counts once it is solved again. */
export const choicesOf = (s: Pick<Scenario, 'asked'>): Choices => ({ locks: [...(s.asked.locks ?? [])], bans: [...(s.asked.bans ?? [])] })
/** What is chosen of one measure in one community. */
export function measureChoice(choices: Choices, community: string, measure: string): Choice | undefined {
  const is = (c: Lock | Ban) => c.community === community && c.measure === measure
  return choices.locks.some(is) ? 'lock' : choices.bans.some(is) ? 'ban' : undefined
}
/** The choices with that of one measure in one community changed, or lifted where it is none. */
export function chooseMeasure(choices: Choices, community: string, measure: string, choice: Choice | undefined): Choices {
  const other = (c: Lock | Ban) => !(c.community === community && c.measure === measure)
  return {
    locks: [...choices.locks.filter(other), ...(choice === 'lock' ? [{ community, measure }] : [])],
    bans: [...choices.bans.filter(other), ...(choice === 'ban' ? [{ community, measure }] : [])],
  }
}
/** One thing a plan has to hold to. */
/** A measure, or a tier and those above it, is left out everywhere; what was locked of it gives way, for both cannot hold. */
export function banEverywhere(choices: Choices, what: { measure: string } | { tier: Tier }): Choices {
  const [measure, tier] = 'measure' in what ? [what.measure, null] : [null, what.tier]
  const gone = (l: Lock) => (measure ? l.measure === measure : Boolean(l.tier && tier && heightOf(l.tier) >= heightOf(tier)))
  const same = (b: Ban) => (measure ? b.measure === measure : !b.community && !b.measure && Boolean(b.tier))
  return { locks: choices.locks.filter((l) => !gone(l)), bans: [...choices.bans.filter((b) => !same(b)), measure ? { measure } : { tier }] }
}
export interface Condition { key: string; choice: Choice; community: string; measure: string; tier: Tier | null; year: number | null }
const keyOf = (choice: Choice, c: Lock | Ban): string => [choice, c.community, c.measure, c.tier].map((part) => part ?? '').join('/')
export const conditions = (choices: Choices): Condition[] => [
  ...choices.locks.map((l) => ({ key: keyOf('lock', l), choice: 'lock' as const, community: l.community, measure: l.measure ?? '', tier: l.tier ?? null, year: l.year ?? null })),
  ...choices.bans.map((b) => ({ key: keyOf('ban', b), choice: 'ban' as const, community: b.community ?? '', measure: b.measure ?? '', tier: b.tier ?? null, year: null })),
]
export const without = (choices: Choices, c: Condition): Choices => ({
  locks: choices.locks.filter((l) => keyOf('lock', l) !== c.key), bans: choices.bans.filter((b) => keyOf('ban', b) !== c.key),
})
/** A lock with the year it is due in at the latest; null: within the plan. */
export const dueIn = (choices: Choices, c: Condition, year: number | null): Choices => ({
  ...choices, locks: choices.locks.map((l) => (keyOf('lock', l) === c.key ? { community: l.community, ...(l.tier ? { tier: l.tier } : {}), ...(l.measure ? { measure: l.measure } : {}), ...(year === null ? {} : { year }) } : l)),
})
/** A measure as it is offered to a community: its work in the plan, or whether it moves what is missing there. */
export interface Offered { measure: Measure; work: Work | undefined; helps: boolean }
export function offered(measures: readonly Measure[], outcome: Outcome, works: readonly Work[]): Offered[] {
  const missing = new Set((outcome.reason?.missing ?? []).map((m) => m.metric))
  const rank = (o: Offered) => (o.work ? 0 : o.helps ? 1 : 2)
  return measures
    .map((measure) => ({ measure, work: works.find((w) => w.measure === measure.code), helps: measure.effects.some((e) => missing.has(e.metric)) }))
    .sort((a, b) => rank(a) - rank(b) || (a.work?.year ?? 0) - (b.work?.year ?? 0))
}

/** Communities that rise, though nothing is built in them or shared with them: what they have already is enough. */
export function raisedWithoutWork(outcomes: readonly Outcome[], works: readonly Work[]): number {
  const served = new Set(works.flatMap((w) => [w.area_code, ...w.serves]))
  return outcomes.filter((o) => heightOf(endOf(o)) > heightOf(o.before) && !served.has(o.area_code)).length
}
/** Awards in cents: those that come within the years of the plan, and those that come after them. */
export function awardsOf(result: Partial<Pick<Result, 'income_cents' | 'communities' | 'award_after_cents'>>): { within: number; after: number } {
  const within = (result.income_cents ?? []).reduce((sum, cents) => sum + cents, 0)
  const all = (result.communities ?? []).reduce((sum, o) => sum + o.award_cents, 0)
  return { within, after: result.award_after_cents ?? Math.max(0, all - within) }
}
/** Where further money brings most; nothing where it brings nothing that can be told. */
export const bestMarginal = (all: readonly Marginal[]): (Marginal & { points: number }) | undefined =>
  all.filter((m): m is Marginal & { points: number } => m.points !== null && m.points >= 0.0005).sort((a, b) => b.points - a.points)[0]

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

/** Where money comes from. */
export const SOURCES = ['district', 'province', 'city', 'town', 'company', 'operation', 'donation'] as const
/** Money of one source in tens of thousands of CNY by year; empty earmarks are none. */
export interface SourceEntry { code: string; amounts: (number | null)[]; carries: boolean; themes: string[]; towns: string[]; old_only: boolean }
export function newSource(taken: readonly SourceEntry[], years: number): SourceEntry | undefined {
  const code = SOURCES.find((c) => !taken.some((s) => s.code === c))
  return code && { code, amounts: Array.from({ length: years }, () => null), carries: true, themes: [], towns: [], old_only: false }
}
/** Sources as the API takes them: CNY, one amount for each year; what is left empty is nothing. */
export const sourcesAsked = (entries: readonly SourceEntry[], years: number): Asked['sources'] => entries.map((s) => ({
  code: s.code, amounts: Array.from({ length: years }, (_, y) => (Math.round((s.amounts[y] ?? 0) * 1_000_000) / 100).toFixed(2)),
  carries: s.carries, themes: [...s.themes], towns: [...s.towns], old_only: s.old_only,
}))
export const staffAsked = (staff: readonly (number | null)[] | null, years: number): number[] | null =>
  staff === null ? null : Array.from({ length: years }, (_, y) => staff[y] ?? 0)

/** Where the best of some figures stand, unless all are alike. */
export function bestOf(values: readonly (number | null | undefined)[], good: 'high' | 'low' | null): number[] {
  const known = values.filter((v): v is number => v != null)
  if (!good || known.length < 2 || known.every((v) => v === known[0])) return []
  const best = good === 'high' ? Math.max(...known) : Math.min(...known)
  return values.flatMap((v, i) => (v === best ? [i] : []))
}

/** Round figures from zero to what is at least the most, three to five of them: 0, 200, 400 … */
export function roundMarks(most: number): number[] {
  const rough = Math.max(most, 1) / 4
  const power = 10 ** Math.floor(Math.log10(rough))
  const step = ([1, 2, 5, 10].find((s) => s * power >= rough) ?? 10) * power
  return Array.from({ length: Math.ceil(Math.max(most, 1) / step) + 1 }, (_, i) => i * step)
}
export interface FrontDrawing { line: string; dots: { x: number; y: number }[]; xs: { at: number; value: number }[]; ys: { at: number; value: number }[]; left: number }
/** The front as it is drawn: cost across, people upwards, both from zero. */
export function frontLine(points: readonly Pick<FrontPoint, 'cost_cents' | 'people'>[], width: number, height: number): FrontDrawing {
  const [left, right, top, foot] = [64, 16, 24, 40]
  const costs = roundMarks(Math.max(4_000_000, ...points.map((p) => p.cost_cents)))
  const lives = roundMarks(Math.max(4, ...points.map((p) => p.people)))
  const [most, reached] = [costs[costs.length - 1] ?? 1, lives[lives.length - 1] ?? 1]
  const across = (cents: number) => left + (cents / most) * (width - left - right)
  const up = (people: number) => height - foot - (people / reached) * (height - foot - top)
  const round = (n: number) => Number(n.toFixed(1))
  const dots = points.map((p) => ({ x: round(across(p.cost_cents)), y: round(up(p.people)) }))
  return { line: dots.map((d) => `${d.x},${d.y}`).join(' '), dots, left, xs: costs.map((value) => ({ at: round(across(value)), value })), ys: lives.map((value) => ({ at: round(up(value)), value })) }
}
