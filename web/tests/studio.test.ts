/** The studio without its pages: what the forms ask for, and what is drawn. */
import { describe, expect, it } from 'vitest'
import { changedOf, pricesOf, rowsOf, type Measure, type MeasureEntry } from '@/rooms/tiers/measures'
import { bestOf, frontLine, newSource, sourcesAsked, staffAsked } from '@/rooms/tiers/plans'
import { entryOf, moved, newBound, nextCode, type BoundEntry, type RevisionIndicator, type RevisionMetric } from '@/rooms/tiers/revisions'

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

describe('plans side by side', () => {
  it('mark the best, unless all are alike or one stands alone', () => {
    expect([bestOf([3, 5, 5, null], 'high'), bestOf([3, 5], 'low'), bestOf([5, 5], 'high'), bestOf([5, null], 'high'), bestOf([1, 2], null)]).toEqual([[1, 2], [0], [], [], []])
  })
})

describe('a front', () => {
  it('goes from the least to the most, within the picture', () => {
    const drawn = frontLine([{ cost_cents: 0, people: 0 }, { cost_cents: 50, people: 100 }], 500, 200)
    expect(drawn.dots[0]).toEqual({ x: 64, y: 160 })
    expect(drawn.dots[1]).toEqual({ x: 484, y: 24 })
    expect(frontLine([], 500, 200).line).toBe('')
  })
})
