/** What the pages of tiers reckon: colours by rung, gaps and their size, groups, the wheel, lines, and all pages of the ladder. */
import { afterEach, describe, expect, it, vi } from 'vitest'
import { colourOf, COLOURS, UNKNOWN_COLOUR } from '@/rooms/places/layers'
import { everyRung, isOpen, type IndicatorStanding, type MetricStanding, type Rung } from '@/rooms/tiers/api'
import { figure, gapsOf, groupsOf, heightsOf, lineOf, shortBy, STEPS, tallyOf, usedOf, type Tier, type Verdict } from '@/rooms/tiers/tiers'
import { awardsOf, bestMarginal, choiceOf, choose, endOf, heightsAt, lockedAt, ordered, raisedWithoutWork, spread, tenThousands, type Outcome, type Work } from '@/rooms/tiers/plans'
import { SIZE, wheelOf } from '@/rooms/tiers/wheel'

const metric = (given: Partial<MetricStanding> = {}): MetricStanding => ({
  metric: 'gigabit_household_rate', name: { zh: '', en: 'Gigabit' }, unit: '%', op: '>=', bound: 70, certainty: 'official',
  computed: 62.4, computed_on: '2026-11-25', declared: null, declared_on: null, synthetic: false, used: 'computed', contradicts: false, path: null, verdict: 'missed', ...given,
})
const indicator = (code: string, tier: Tier, verdict: Verdict, given: Partial<IndicatorStanding> = {}): IndicatorStanding => ({
  code, tier, verdict, level1: 'one', name: code, definition: '', requirement: '', certainty: 'inferred', mode: 'mixed', evidence_wanted: '', metrics: [], ...given,
})
const rung = (area_code: string, now: Rung['now'], computed: Rung['computed']): Rung => ({
  area_code, name: area_code, town_name: '', people: 1, now, computed, next: null, met: 0, missed: 0, unknown: 0, of: 0, trend: [],
})

describe('the map', () => {
  it('gives each rung a colour of its own, and none to who was not assessed or takes no part', () => {
    const rungs = [rung('a', 'none', 'basic'), rung('b', 'growing', null), rung('c', 'model', 'model')]
    expect(heightsOf(rungs, 'now')).toEqual({ a: 0, b: 2, c: 3 })
    const computed = heightsOf(rungs, 'computed')
    expect(computed).toEqual({ a: 1, c: 3 })
    expect(['a', 'b', 'c', 'elsewhere'].map((code) => colourOf(computed[code], STEPS))).toEqual([COLOURS[1], UNKNOWN_COLOUR, COLOURS[3], UNKNOWN_COLOUR])
  })
})

describe('figures', () => {
  it('are said with their unit, and what is not there is a dash and never zero', () => {
    expect([figure(62.4, '%', 'yes', 'no'), figure('1234.50', 'count', 'yes', 'no'), figure(null, '%', 'yes', 'no'), figure(0, '%', 'yes', 'no')]).toEqual(['62.4%', '1,234.5', '–', '0%'])
    expect([figure(true, 'bool', 'yes', 'no'), figure('1', 'bool', 'yes', 'no'), figure(0, 'bool', 'yes', 'no')]).toEqual(['yes', 'yes', 'no'])
  })
  it('fall short by exactly what is missing, whichever way the bound goes', () => {
    expect(shortBy(metric({ computed: '69.9', bound: '70' }))).toBe(0.1)
    expect(shortBy(metric({ op: '<=', unit: 'minute', bound: 15, computed: 20 }))).toBe(5)
    expect(shortBy(metric({ used: 'declared', declared: 50 }))).toBe(20)
  })
  it('fall short of nothing where they are met, not known, or yes and no', () => {
    expect([shortBy(metric({ verdict: 'met', computed: 80 })), shortBy(metric({ computed: null, used: null })), shortBy(metric({ unit: 'bool', bound: 1, computed: 0 })), shortBy(metric({ bound: null }))]).toEqual([null, null, null, null])
  })
  it('are those that were judged, though others stand beside', () => {
    expect([usedOf(metric({ declared: 90 })), usedOf(metric({ used: 'declared', declared: 90 })), usedOf(metric({ used: null }))]).toEqual([62.4, 90, null])
  })
})

describe('gaps', () => {
  const all = [
    indicator('M01', 'model', 'missed'), indicator('C02', 'growing', 'missed'), indicator('B03', 'basic', 'unknown'),
    indicator('B02', 'basic', 'missed', { metrics: [metric(), metric({ metric: 'ok', verdict: 'met' })] }), indicator('B01', 'basic', 'met'), indicator('C01', 'growing', 'not_asked'),
  ]
  it('are the missed of the tier and those below it, then the unknown, with the figures to blame', () => {
    const gaps = gapsOf(all, 'growing')
    expect(gaps.map((g) => g.indicator.code)).toEqual(['B02', 'C02', 'B03'])
    expect(gaps[0]?.metrics.map((m) => m.metric)).toEqual(['gigabit_household_rate'])
  })
  it('are none at the top', () => expect(gapsOf(all, null)).toEqual([]))
})

describe('the wheel', () => {
  const all = [
    ...['B01', 'B02', 'B03'].map((c) => indicator(c, 'basic', 'met')), indicator('C01', 'growing', 'missed'), indicator('M01', 'model', 'unknown'),
    indicator('B09', 'basic', 'not_asked', { level1: 'two' }),
  ]
  it('has a cell for each indicator and a name for each group', () => {
    const wheel = wheelOf(groupsOf(all))
    expect(wheel.cells.map((c) => c.indicator.code).sort()).toEqual(all.map((i) => i.code).sort())
    expect(new Set(wheel.cells.map((c) => c.path)).size).toBe(all.length)
    expect(wheel.labels.map((l) => l.name)).toEqual(['one', 'two'])
  })
  it('stays within its frame', () => {
    const numbers = wheelOf(groupsOf(all)).cells.flatMap((c) => [...c.path.matchAll(/[ML](-?[\d.]+) (-?[\d.]+)/g)].flatMap((m) => [Number(m[1]), Number(m[2])]))
    expect(Math.min(...numbers)).toBeGreaterThanOrEqual(0)
    expect(Math.max(...numbers)).toBeLessThanOrEqual(SIZE)
  })
  it('counts verdicts as they are', () => expect(tallyOf(all)).toEqual({ met: 3, missed: 1, unknown: 1, not_asked: 1 }))
})

describe('the line', () => {
  it('goes from left to right, most at the top', () => expect(lineOf([10, 20, 15], 72, 22)).toBe('0.0,20.0 36.0,2.0 72.0,11.0'))
  it('lies in the middle where nothing changes', () => expect(lineOf([5, 5], 72, 22)).toBe('0.0,11.0 72.0,11.0'))
})

describe('the ladder', () => {
  afterEach(() => vi.unstubAllGlobals())
  it('is walked to its last page for the map', async () => {
    const asked: string[] = []
    vi.stubGlobal('fetch', (url: string) => {
      asked.push(url)
      const first = !url.includes('cursor=')
      return Promise.resolve(new Response(JSON.stringify({ assessment: null, counts: { now: {}, computed: {} }, items: [rung(first ? 'a' : 'b', 'none', null)], next: first ? 'on' : null })))
    })
    expect((await everyRung({ area: '370302' })).map((r) => r.area_code)).toEqual(['a', 'b'])
    expect(asked).toEqual(['/api/tiers/ladder?area=370302&limit=200', '/api/tiers/ladder?area=370302&cursor=on&limit=200'])
  })
})

describe('an assessment', () => {
  const now = Date.parse('2026-11-27T08:00:00Z')
  it('is under way while it is open and was asked for within the hour; what is older was lost', () => {
    const run = (state: 'waiting' | 'running' | 'finished' | 'failed', asked_at: string) => isOpen({ state, asked_at }, now)
    expect([run('waiting', '2026-11-27T07:59:00Z'), run('running', '2026-11-27T07:01:00Z')]).toEqual([true, true])
    expect([run('running', '2026-11-27T06:59:00Z'), run('failed', '2026-11-27T07:59:00Z'), run('finished', '2026-11-27T07:59:00Z')]).toEqual([false, false, false])
  })
})

describe('plans', () => {
  const outcome = (area_code: string, before: Outcome['before'], tiers: Outcome['tiers'], cost_cents = 0): Outcome => ({ area_code, name: area_code, town_name: '', people: 1, before, tiers, raised: 0, cost_cents, award_cents: 0, reason: null })
  it('spread a budget over the years without losing a cent', () => {
    expect(spread(1_000_000, 3)).toEqual(['333333.34', '333333.33', '333333.33'])
    expect(spread(0.1, 1)).toEqual(['0.10'])
  })
  it('tell money in tens of thousands, and nothing as a dash', () => expect([tenThousands(123_456_789), tenThousands(0), tenThousands(null)]).toEqual(['123.5', '0.0', '–']))
  it('colour the map before and after', () => {
    const all = [outcome('a', 'none', ['none', 'basic']), outcome('b', 'growing', [])]
    expect([heightsAt(all, 'before'), heightsAt(all, 'after')]).toEqual([{ a: 0, b: 2 }, { a: 1, b: 2 }])
    expect(endOf(all[1] as Outcome)).toBe('growing')
  })
  it('tell apart who rises without any work: neither its own nor a neighbour\'s that serves it', () => {
    const work = (area_code: string, serves: string[]): Work => ({ area_code, measure: 'm', year: 2027, ready_year: 2027, cost_cents: 1, running_cents: 0, serves })
    const all = ['own', 'shared', 'idle'].map((code) => outcome(code, 'none', ['basic']))
    expect(raisedWithoutWork([...all, outcome('left', 'none', ['none'])], [work('own', ['own', 'shared'])])).toBe(1)
  })
  it('count an award within the plan only in a year of it, and the rest after it', () => {
    const communities = [{ ...outcome('a', 'none', ['basic']), award_cents: 700 }, { ...outcome('b', 'none', ['basic']), award_cents: 300 }]
    expect(awardsOf({ income_cents: [0, 700], communities })).toEqual({ within: 700, after: 300 })
    expect(awardsOf({ income_cents: [700], communities, award_after_cents: 0 })).toEqual({ within: 700, after: 0 })
    expect(awardsOf({})).toEqual({ within: 0, after: 0 })
  })
  it('say what further money brings only where that is known', () => {
    expect(bestMarginal([{ source: 's', year: 2027, points: null }, { source: 's', year: 2028, points: 0 }])).toBeUndefined()
    expect(bestMarginal([{ source: 's', year: 2027, points: 0.1 }, { source: 's', year: 2028, points: null }, { source: 's', year: 2029, points: 0.3 }])?.year).toBe(2029)
  })
  it('lock the tier the plan gives, or the next where it leaves a community out, and nothing above the top', () => {
    expect([outcome('a', 'none', ['growing']), outcome('b', 'basic', ['basic']), outcome('c', 'model', ['model'])].map(lockedAt)).toEqual(['growing', 'growing', undefined])
  })
  it('hold one choice for a community, which can be lifted, and leave those of measures alone', () => {
    const [a, other] = [outcome('a', 'none', ['basic']), { community: 'a', measure: 'm' }]
    const locked = choose({ locks: [other], bans: [] }, a, 'lock')
    expect(locked).toEqual({ locks: [other, { community: 'a', tier: 'basic' }], bans: [] })
    const banned = choose(locked, a, 'ban')
    expect([banned, choiceOf(locked, 'a'), choiceOf(banned, 'a')]).toEqual([{ locks: [other], bans: [{ community: 'a' }] }, 'lock', 'ban'])
    expect([choose(banned, a, undefined), choiceOf({ locks: [other], bans: [] }, 'a')]).toEqual([{ locks: [other], bans: [] }, undefined])
  })
  it('list those that climb first, the dearest on top', () => expect(ordered([outcome('a', 'none', ['none']), outcome('b', 'none', ['basic'], 5), outcome('c', 'none', ['basic'], 9)]).map((o) => o.area_code)).toEqual(['c', 'b', 'a']))
})
