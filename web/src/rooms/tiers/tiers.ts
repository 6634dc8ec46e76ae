/** Tiers, verdicts and bounds as the pages reckon with them: order, what is short of what, who stands behind a figure. */
import type { Tone } from '@/components/StatusTag.vue'
import type { ColourStep } from '@/rooms/places/layers'
import type { IndicatorStanding, MetricStanding, Rung, Value } from './api'

export const TIERS = ['basic', 'growing', 'model'] as const
export type Tier = (typeof TIERS)[number]
/** From the foot of the ladder to its top. */
export const RUNGS = ['none', ...TIERS] as const
export type Reached = (typeof RUNGS)[number]
export const VERDICTS = ['missed', 'unknown', 'met', 'not_asked'] as const
export type Verdict = (typeof VERDICTS)[number]
export type Certainty = 'official' | 'inferred'

export const heightOf = (reached: string | null | undefined): number => Math.max(0, RUNGS.indexOf(reached as Reached))
export const toneOf = (verdict: Verdict): Tone => ({ met: 'ok', missed: 'bad', unknown: 'warn', not_asked: 'idle' } as const)[verdict]
/** One class of colour on the map for each rung. */
export const STEPS: ColourStep[] = RUNGS.map((_rung, at) => ({ from: at, to: at === RUNGS.length - 1 ? null : at }))

/** What colours the map: the height of each community; places that do not take part have none. */
export function heightsOf(rungs: readonly Rung[], by: 'now' | 'computed'): Record<string, number> {
  return Object.fromEntries(rungs.filter((r) => r[by] !== null).map((r) => [r.area_code, heightOf(r[by])]))
}

const grouped = new Intl.NumberFormat('en-US', { maximumFractionDigits: 2 })
/** A figure as people read it, with its unit; the words for yes and no come from the page. */
export function figure(value: Value, unit: string, yes: string, no: string): string {
  if (value === null || value === '') return '–'
  if (typeof value === 'boolean' || unit === 'bool') return value === true || Number(value) > 0 || value === 'true' ? yes : no
  const number = Number(value)
  if (Number.isNaN(number)) return String(value)
  return unit === '%' ? `${grouped.format(number)}%` : grouped.format(number)
}

/** How a bound compares, in a sign people know. */
export const signOf = (op: string): string => ({ '>=': '≥', '<=': '≤', '==': '=', '>': '>', '<': '<', '!=': '≠' })[op] ?? op

/** The figure that is judged by, or the one there is. */
export const usedOf = (metric: MetricStanding): Value => (metric.used === 'declared' ? metric.declared : metric.used === 'computed' ? metric.computed : null)

/** How far a figure falls short of its bound, in the bound's unit; null where that cannot be said. */
export function shortBy(metric: MetricStanding): number | null {
  const used = usedOf(metric)
  if (metric.verdict !== 'missed' || used === null || typeof used === 'boolean' || typeof metric.bound === 'boolean' || metric.bound === null || metric.unit === 'bool') return null
  const [stands, bound] = [Number(used), Number(metric.bound)]
  if (Number.isNaN(stands) || Number.isNaN(bound)) return null
  // Decimals of figures are few: what the subtraction adds is cut off.
  return Number(Math.abs(bound - stands).toFixed(6))
}

export interface Gap { indicator: IndicatorStanding; metrics: MetricStanding[] }
/**
 * What stands between a community and a tier: the indicators of it and of those below that are missed, then the unknown
 * ones, each with the figures that are to blame.
 */
export function gapsOf(indicators: readonly IndicatorStanding[], upTo: Tier | null): Gap[] {
  if (!upTo) return []
  const top = heightOf(upTo)
  const lacking = indicators.filter((i) => heightOf(i.tier) <= top && (i.verdict === 'missed' || i.verdict === 'unknown'))
  const rank = (i: IndicatorStanding) => (i.verdict === 'missed' ? 0 : 1) * 10 + heightOf(i.tier)
  return [...lacking].sort((a, b) => rank(a) - rank(b) || a.code.localeCompare(b.code))
    .map((indicator) => ({ indicator, metrics: indicator.metrics.filter((m) => m.verdict === 'missed' || m.verdict === 'unknown') }))
}

export type Tally = Record<Verdict, number>
export interface Group { name: string; all: Tally; tiers: Record<Tier, IndicatorStanding[]> }
export const tallyOf = (indicators: readonly IndicatorStanding[]): Tally => {
  const tally: Tally = { met: 0, missed: 0, unknown: 0, not_asked: 0 }
  for (const i of indicators) tally[i.verdict] += 1
  return tally
}
/** Indicators by their level-1 group, in the order the system names the groups. */
export function groupsOf(indicators: readonly IndicatorStanding[]): Group[] {
  const names = [...new Set(indicators.map((i) => i.level1))]
  return names.map((name) => {
    const own = indicators.filter((i) => i.level1 === name)
    return { name, all: tallyOf(own), tiers: { basic: own.filter((i) => i.tier === 'basic'), growing: own.filter((i) => i.tier === 'growing'), model: own.filter((i) => i.tier === 'model') } }
  })
}

/** A line through some counts: evenly across, from the least at the foot to the most at the top. */
export function lineOf(points: readonly number[], width: number, height: number): string {
  const [least, most] = [Math.min(...points), Math.max(...points)]
  const step = width / Math.max(1, points.length - 1)
  // Two pixels stay free above and below, for the stroke.
  const up = (n: number) => (most === least ? height / 2 : height - 2 - ((n - least) / (most - least)) * (height - 4))
  return points.map((n, i) => `${(i * step).toFixed(1)},${up(n).toFixed(1)}`).join(' ')
}
