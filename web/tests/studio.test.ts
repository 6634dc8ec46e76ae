/** The studio without its pages: what the forms ask for, and what is drawn. */
import { describe, expect, it } from 'vitest'
import { changedOf, pricesOf, rowsOf, type Measure, type MeasureEntry } from '@/rooms/tiers/measures'
import { banEverywhere, bestOf, chooseMeasure, conditions, dueIn, frontLine, measureChoice, newSource, offered, sourcesAsked, staffAsked, without, type Outcome, type Work } from '@/rooms/tiers/plans'
import { entryOf, moved, newBound, nextCode, stateOf, withdrawable, type BoundEntry, type RevisionIndicator, type RevisionMetric } from '@/rooms/tiers/revisions'
import { useTaking } from '@/rooms/tiers/taking'

const metrics: RevisionMetric[] = [
  { code: 'rate', name: { zh: 'a', en: 'a' }, unit: '%', computed: true },
  { code: 'linked', name: { zh: 'b', en: 'b' }, unit: 'bool', computed: false },
]

describe('a bound', () => {
  const bound: BoundEntry = { metric: 'rate', op: '>=', value: 70, certainty: 'official', source: 's', note: '' }
  it('begins on a figure no other is on, and is not known yet', () => {
    expect(newBound(metrics, [bound])).toMatchObject({ metric: 'linked', op: '==', value: null, certainty: 'inferred' })
    expect(newBound(metrics, [bound, { ...bound, metric: 'linked' }])).toBeUndefined()
  })
  it('loses a value that the other figure cannot have', () => {
    expect(moved(bound, metrics, 'linked')).toMatchObject({ op: '==', value: null, source: 's' })
    expect(moved(bound, metrics, 'rate')).toEqual(bound)
  })
})

describe('an indicator', () => {
  it('that is new gets the next code of its tier', () => {
    expect([nextCode('basic', [{ code: 'B09' }, { code: 'B30' }, { code: 'G31' }]), nextCode('model', [])]).toEqual(['B31', 'M01'])
  })
  it('is edited on a copy', () => {
    const held = { code: 'B01', bounds: [{ metric: 'rate', metric_name: { zh: 'a', en: 'a' }, op: '>=', value: 1, unit: '%', certainty: 'official', source: '', note: '' }] } as unknown as RevisionIndicator
    const entry = entryOf(held, [])
    if (entry.bounds[0]) entry.bounds[0].value = 2
    expect(held.bounds[0]?.value).toBe(1)
  })
})

describe('what is typed while another saves', () => {
  const begun = { name: 'a', note: 'b', bounds: [{ value: 1 as number | null }] }
  it('takes over what was not touched, and keeps and tells what both changed', () => {
    const typed = { ...begun, name: 'mine', bounds: [{ value: 1 as number | null }] }
    const taking = useTaking(typed, begun)
    taking.follow({ name: 'theirs', note: 'theirs', bounds: [{ value: 2 }] })
    expect(typed).toEqual({ name: 'mine', note: 'theirs', bounds: [{ value: 2 }] })
    expect(taking.both.value).toEqual(['name'])
    taking.follow({ name: 'theirs', note: 'later', bounds: [{ value: 2 }] })
    expect([typed.note, taking.both.value]).toEqual(['later', ['name']])
    taking.take('name')
    expect([typed.name, taking.both.value]).toEqual(['theirs', []])
  })
})

describe('a version', () => {
  const row = (version: string, from: string, withdrawn: string | null = null) => ({ id: version, version, effective_from: from, withdrawn_at: withdrawn })
  it('can be taken back only as the last one, before it begins', () => {
    const rows = [row('1', '2026-01-01'), row('9', '2026-06-01'), row('10', '2026-07-01'), row('11', '2026-08-01', '2026-05-02')]
    expect([withdrawable(rows, '2026-05-31')?.id, withdrawable(rows, '2026-07-01')?.id]).toEqual(['10', undefined])
    expect(rows.map((r) => stateOf(r, '1', '2026-06-30'))).toEqual(['inForce', 'notInForce', 'coming', 'withdrawn'])
  })
})

describe('money', () => {
  it('is asked for in CNY to the cent, one amount for each year', () => {
    const first = newSource([], 2)
    if (!first) throw new Error('no source')
    first.amounts = [120.5, null, 9]
    expect(sourcesAsked([first], 2)[0]).toMatchObject({ code: 'district', amounts: ['1205000.00', '0.00'], carries: true })
    expect(newSource([first], 2)?.code).toBe('province')
    expect([staffAsked(null, 2), staffAsked([3, null, 7], 2)]).toEqual([null, [3, 0]])
  })
  it('of towns comes back as it was', () => {
    expect(pricesOf(rowsOf({ '370302102': '99.10' }))).toEqual({ '370302102': '99.10' })
    expect(pricesOf([{ town: '', price: 3 }, { town: 'x', price: null }])).toEqual({})
  })
})

describe('a price', () => {
  const entry: MeasureEntry = { unit_cost: '10.00', running_cost: '0.00', lead_months: 1, staff_days: 2, town_prices: { b: '1.00', a: '2.00' }, certainty: 'quoted', note: '' }
  it('is sent only where it was changed', () => {
    const read = { ...entry, code: 'x', town_prices: { a: '2.00', b: '1.00' } } as unknown as Measure
    expect(changedOf(read, entry)).toEqual({})
    expect(changedOf(read, { ...entry, note: 'n', town_prices: { a: '2.00' } })).toEqual({ note: 'n', town_prices: { a: '2.00' } })
  })
})

describe('measures of a community', () => {
  it('leaves a measure, or a tier and those above, out everywhere: what was locked of it gives way, and the rest stays', () => {
    const asked = { locks: [{ community: 'a', tier: 'growing' as const }, { community: 'a', measure: 'fibre' }, { community: 'b', tier: 'basic' as const }], bans: [{ community: 'b', measure: 'fibre' }, { community: 'c' }] }
    const measure = banEverywhere(asked, { measure: 'fibre' })
    expect(measure).toEqual({ locks: [asked.locks[0], asked.locks[2]], bans: [{ community: 'c' }, { measure: 'fibre' }] })
    const tier = banEverywhere(measure, { tier: 'growing' })
    expect(tier).toEqual({ locks: [asked.locks[2]], bans: [{ community: 'c' }, { measure: 'fibre' }, { tier: 'growing' }] })
    expect(banEverywhere(tier, { tier: 'model' }).bans).toEqual([{ community: 'c' }, { measure: 'fibre' }, { tier: 'model' }])
    expect(conditions(tier).map((c) => [c.community, c.measure, c.tier])).toContainEqual(['', '', 'growing'])
    const [of] = conditions(tier).filter((c) => c.tier === 'growing' && c.choice === 'ban')
    expect(of && without(tier, of).bans).toEqual(measure.bans)
  })
  it('are locked, left out and lifted one by one, beside what is chosen of the whole', () => {
    const whole = { locks: [{ community: 'a', tier: 'basic' as const }], bans: [{ community: 'b' }] }
    const locked = chooseMeasure(whole, 'a', 'fibre', 'lock')
    expect([measureChoice(locked, 'a', 'fibre'), measureChoice(locked, 'b', 'fibre')]).toEqual(['lock', undefined])
    const [tier, fibre] = conditions(locked)
    if (!tier || !fibre) throw new Error('not there')
    expect(dueIn(locked, fibre, 2028).locks).toEqual([{ community: 'a', tier: 'basic' }, { community: 'a', measure: 'fibre', year: 2028 }])
    expect(chooseMeasure(locked, 'a', 'fibre', 'ban')).toEqual({ locks: whole.locks, bans: [{ community: 'b' }, { community: 'a', measure: 'fibre' }] })
    expect(without(locked, fibre)).toEqual(whole)
  })
  it('are offered with those of the plan first, then those that move what is missing', () => {
    const named = (code: string, metric: string) => ({ code, effects: [{ metric }] }) as unknown as Measure
    const outcome = { reason: { missing: [{ indicator: 'B01', metric: 'rate' }] } } as unknown as Outcome
    const found = offered([named('x', 'other'), named('y', 'rate'), named('z', 'other')], outcome, [{ measure: 'z', year: 2027 } as Work])
    expect(found.map((o) => [o.measure.code, Boolean(o.work), o.helps])).toEqual([['z', true, false], ['y', false, true], ['x', false, false]])
  })
})

describe('plans side by side', () => {
  it('mark the best, unless all are alike or one stands alone', () => {
    expect([bestOf([3, 5, 5, null], 'high'), bestOf([3, 5], 'low'), bestOf([5, 5], 'high'), bestOf([5, null], 'high'), bestOf([1, 2], null)]).toEqual([[1, 2], [0], [], [], []])
  })
})

describe('a front', () => {
  it('goes from the least to the most, within the picture', () => {
    const drawn = frontLine([{ cost_cents: 0, people: 0 }, { cost_cents: 400_000_000, people: 100 }], 500, 200)
    expect(drawn.dots[0]).toEqual({ x: 64, y: 160 })
    expect(drawn.dots[1]).toEqual({ x: 484, y: 24 })
    expect(drawn.xs.map((x) => x.value / 1_000_000)).toEqual([0, 100, 200, 300, 400])
    expect(frontLine([{ cost_cents: 1, people: 12_345 }], 500, 200).ys.map((y) => y.value)).toEqual([0, 5000, 10_000, 15_000])
    expect(frontLine([], 500, 200).line).toBe('')
  })
})
