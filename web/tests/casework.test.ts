import { describe, expect, it } from 'vitest'
import { extensionsOf } from '@/rooms/cases/clock'

const HOUR = 3_600_000
const start = Date.parse('2026-11-23T01:00:00Z')
const iso = (hours: number) => new Date(start + hours * HOUR).toISOString()
const one = { state: 'handling', clock_from: iso(0), amber_at: iso(16), due_at: iso(20), paused_at: null, handed_back_at: null }
const granted = { wish: 'extension', state: 'granted', due_before: iso(10), due_after: iso(20) }

describe('extensions drawn on the clock', () => {
  it('lie where the end was moved from and to', () => {
    expect(extensionsOf(one, [granted], start)).toEqual([{ from: 0.5, to: 1 }])
  })
  it('are those that were granted in this round of the case', () => {
    const others = [{ ...granted, state: 'refused' }, { ...granted, wish: 'appeal' }, { ...granted, due_before: iso(-5), due_after: iso(-1) }, { ...granted, due_before: null }]
    expect(extensionsOf(one, others, start)).toEqual([])
  })
})
