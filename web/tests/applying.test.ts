/** The procedure as its pages reckon: deadlines, how far it came, and verdicts typed beside those that others saved. */
import { describe, expect, it } from 'vitest'
import type { ApplicationIndicator, Step } from '@/rooms/applying/api'
import { confirmAll, faultsOf, judgedIn, lastDay, lightOf, needsReason, overtaken, placeOf, rowOf, sentOf, settle, takeOver, tallyOf, type, unplanned, WAY, type Judged, type Verdict } from '@/rooms/applying/states'

const indicator = (code: string, computed: Verdict, given: Partial<ApplicationIndicator> = {}): ApplicationIndicator => ({
  code, computed, tier: 'basic', level1: 'one', name: code, requirement: '', certainty: 'inferred', evidence_wanted: '', evidence: 0, shown: null, path: null, self: null, town: null, district: null, ...given,
})
const says = (verdict: Verdict, reason = '', by = 'Wang'): Judged => ({ verdict, reason, by, at: '2026-11-01T08:00:00Z' })
const step = (from: Step['from'], to: Step['to']): Step => ({ action: 'x', title: { zh: '', en: '' }, from, to, by: '', unit: '', at: '2026-11-01T08:00:00Z', reason: '' })

describe('the way', () => {
  it('stops where it was when it ended beside the way, and is walked to its end by what was recognised once', () => {
    expect(placeOf({ state: 'withdrawn', steps: [step('planned', 'self_assessing'), step('town_checking', 'withdrawn')] })).toBe(WAY.indexOf('town_checking'))
    expect([placeOf({ state: 'accepting', steps: [] }), placeOf({ state: 'lapsed', steps: [] })]).toEqual([3, WAY.length - 1])
  })
  it('is late from the day after its day, and due soon within a fortnight of it', () => {
    expect(['2026-11-26', '2026-11-27', '2026-12-11', '2026-12-12'].map((day) => lightOf(day, false, '2026-11-27'))).toEqual(['bad', 'warn', 'warn', 'ok'])
    expect([lightOf(null, false, '2026-11-27'), lightOf('2026-12-31', true, '2026-11-27')]).toEqual([null, 'bad'])
    // Counted from the day after it is put up.
    expect([lastDay('2026-11-27', 1), lastDay('2026-11-27', 5)]).toEqual(['2026-11-28', '2026-12-02'])
  })
})

describe('verdicts', () => {
  it('are explained where they depart from the stage before or the figures; what is unknown contradicts nothing', () => {
    expect(needsReason(indicator('B1', 'missed', { self: says('met') }), 'town', 'met')).toBe(true)
    expect(needsReason(indicator('B1', 'met', { self: says('missed') }), 'town', 'met')).toBe(true)
    expect(needsReason(indicator('B1', 'unknown', { self: says('met') }), 'town', 'met')).toBe(false)
    expect(needsReason(indicator('B1', 'missed'), 'self', null)).toBe(false)
  })
  it('are typed no longer once they stand as saved, and the rest goes as the API takes it', () => {
    const row = indicator('B1', 'met', { self: says('met') })
    const typed = type({}, row, 'self', { verdict: 'missed' })
    expect(rowOf(typed, row, 'self')).toMatchObject({ verdict: 'missed', reason: '' })
    expect(type(typed, row, 'self', { verdict: 'met' })).toEqual({})
    expect(sentOf(type(type(typed, indicator('B2', 'met'), 'self', { reason: 'no verdict yet' }), row, 'self', { reason: ' line cut ' }), [row, indicator('B2', 'met')])).toEqual([{ indicator: 'B1', verdict: 'missed', reason: 'line cut' }])
  })
  it('stay typed when somebody was quicker, who is named; rows both say alike are done', () => {
    const at = (code: string, town: Judged) => indicator(code, 'met', { self: says('met'), town })
    let draft = type({}, at('B1', says('met')), 'town', { verdict: 'missed', reason: 'seen on the spot' })
    draft = type(draft, at('B2', says('met')), 'town', { verdict: 'missed', reason: 'seen' })
    const now = [at('B1', says('not_asked', 'no lift here', 'Li')), at('B2', says('missed', 'seen', 'Li'))]
    const kept = settle(draft, now, 'town')
    expect(Object.keys(kept)).toEqual(['B1'])
    expect([rowOf(kept, now[0] as ApplicationIndicator, 'town').reason, overtaken(kept, now[0] as ApplicationIndicator, 'town')?.by]).toEqual(['seen on the spot', 'Li'])
    expect(overtaken(kept, at('B1', says('met')), 'town')).toBeNull()
  })
  it('that were filled in or said in the round before are judged once they are confirmed, unchanged ones at once', () => {
    const kept = (code: string, verdict: Verdict) => indicator(code, 'met', { self: { ...says(verdict, 'seen'), prefilled: true } })
    const rows = [kept('B1', 'met'), kept('B2', 'missed'), indicator('B3', 'unknown')]
    const [first, second] = rows as [ApplicationIndicator, ApplicationIndicator]
    const typed = type({}, first, 'self', { verdict: 'missed' })
    expect([judgedIn({}, first, 'self'), judgedIn(typed, first, 'self')]).toEqual([false, true])
    const draft = confirmAll(typed, rows, 'self')
    expect(sentOf(draft, rows)).toEqual([{ indicator: 'B1', verdict: 'missed', reason: 'seen' }, { indicator: 'B2', verdict: 'missed', reason: 'seen' }])
    expect(Object.keys(settle(draft, rows, 'self'))).toEqual(['B1', 'B2'])
    expect(settle(draft, [first, { ...second, self: says('missed', 'seen') }], 'self')).toEqual({ B1: typed.B1 })
    expect(tallyOf([{ ...first, town: { ...says('missed'), prefilled: true }, self: says('met') }]).met).toBe(1)
  })
  it('are taken over only where none is given and something is known', () => {
    const rows = [indicator('B1', 'missed', { self: says('met') }), indicator('B2', 'unknown'), indicator('B3', 'met', { town: says('missed'), self: says('met') })]
    expect(Object.fromEntries(Object.entries(takeOver({}, rows, 'town')).map(([code, row]) => [code, row.verdict]))).toEqual({ B1: 'met' })
  })
  it('show each fault beside its own row', () => {
    const sent = [{ indicator: 'B7', verdict: 'met', reason: '' }, { indicator: 'B9', verdict: 'missed', reason: '' }] as const
    expect(faultsOf([{ field: 'items.1.reason', message: 'why?' }, { field: 'body.items.0.verdict', message: 'no' }, { field: 'version', message: 'old' }], sent)).toEqual({ B7: 'no', B9: 'why?' })
  })
  it('count by the latest stage that judged, and what is missed and in no list is named', () => {
    const rows = [indicator('B1', 'met', { self: says('met'), district: says('missed') }), indicator('B2', 'missed'), indicator('B3', 'unknown')]
    expect(tallyOf(rows)).toEqual({ met: 0, missed: 2, unknown: 1, not_asked: 0 })
    expect(unplanned(rows, [{ id: 'g', version: 1, indicator: 'B2', todo: '', owner: '', due_on: '2026-12-01', done_on: null, overdue: false, note: '' }]).map((i) => i.code)).toEqual(['B1'])
  })
})
