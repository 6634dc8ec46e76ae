import { describe, expect, it } from 'vitest'
import { piecesOf, spanOf, standingOf } from '@/rooms/cases/clock'

const HOUR = 3_600_000
const start = Date.parse('2026-11-23T01:00:00Z')
const iso = (hours: number) => new Date(start + hours * HOUR).toISOString()
const one = { state: 'handling', clock_from: iso(0), amber_at: iso(8), due_at: iso(10), paused_at: null, handed_back_at: null }

describe('the clock of a case', () => {
  it('turns from green to amber after four fifths and to red after all of it, the last moment still being in time', () => {
    expect(standingOf(one, start + 8 * HOUR)).toMatchObject({ tone: 'ok', key: 'left', ms: 2 * HOUR })
    expect(standingOf(one, start + 8 * HOUR + 1)).toMatchObject({ tone: 'warn', key: 'left' })
    expect(standingOf(one, start + 10 * HOUR)).toMatchObject({ tone: 'warn', key: 'left', ms: 0 })
    expect(standingOf(one, start + 11 * HOUR)).toMatchObject({ tone: 'bad', key: 'over', ms: HOUR })
  })
  it('stops with the hand-back and stands in a pause, whatever the time is', () => {
    expect(standingOf({ ...one, handed_back_at: iso(9) }, start + 99 * HOUR)).toMatchObject({ tone: 'ok', key: 'inTime' })
    expect(standingOf({ ...one, handed_back_at: iso(12) }, start + 99 * HOUR)).toMatchObject({ tone: 'bad', key: 'late', ms: 2 * HOUR })
    expect(standingOf({ ...one, paused_at: iso(3) }, start + 99 * HOUR)).toMatchObject({ tone: 'idle', key: 'stands', ms: 7 * HOUR })
  })
  it('shows nothing where no clock ran, or none counts', () => {
    expect(standingOf({ ...one, due_at: null }, start)).toBeNull()
    expect(standingOf({ ...one, state: 'cancelled' }, start)).toBeNull()
  })
  it('says spans by their two largest parts', () => {
    expect(spanOf(26 * HOUR + 90_000)).toEqual({ key: 'days', d: 1, h: 2, m: 1 })
    expect(spanOf(5 * HOUR)).toMatchObject({ key: 'wholeHours', h: 5 })
    expect(spanOf(5 * HOUR + 60_000)).toMatchObject({ key: 'hours', h: 5, m: 1 })
    expect(spanOf(60_000)).toMatchObject({ key: 'minutes', m: 1 })
    expect(spanOf(59_000)).toMatchObject({ key: 'moment' })
  })
})

describe('the clock drawn along its time', () => {
  const kinds = (pauses: { since: string; until: string | null }[], now: number, more = {}) =>
    piecesOf({ ...one, ...more }, pauses, start + now * HOUR).map((p) => [p.kind, Math.round(p.from * 100), Math.round(p.to * 100)])
  it('covers it whole, pauses apart, in order', () => {
    expect(kinds([{ since: iso(2), until: iso(4) }], 5)).toEqual([['run', 0, 20], ['pause', 20, 40], ['run', 40, 50], ['left', 50, 100]])
  })
  it('draws what is over beyond the limit', () => {
    expect(kinds([], 20)).toEqual([['run', 0, 50], ['over', 50, 100]])
  })
  it('draws a pause that has not ended up to now', () => {
    expect(kinds([{ since: iso(2), until: null }], 5)).toEqual([['run', 0, 20], ['pause', 20, 50], ['left', 50, 100]])
  })
  it('ends at the hand-back and is empty without a limit', () => {
    expect(kinds([], 20, { handed_back_at: iso(5) })).toEqual([['run', 0, 50], ['left', 50, 100]])
    expect(kinds([], 5, { due_at: null })).toEqual([])
  })
})
