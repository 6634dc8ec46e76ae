/** Weeks of tasks: where a day lies, across the turn of a year. */
import { describe, expect, it } from 'vitest'
import { STEPS } from '@/rooms/coordination/states'
import { TASK_STATES } from '@/rooms/coordination/api'
import { mondayOf, mondays, plusDays, shareOf } from '@/rooms/coordination/weeks'

describe('weeks', () => {
  it('begin on Monday, also across the turn of a year', () => {
    expect(mondayOf('2026-11-27')).toBe('2026-11-23')
    expect(mondayOf('2026-11-23')).toBe('2026-11-23')
    expect(mondayOf('2027-01-03')).toBe('2026-12-28')
    expect(mondays('2026-12-30', '2027-01-11')).toEqual(['2026-12-28', '2027-01-04', '2027-01-11'])
    expect(plusDays('2026-02-28', 1)).toBe('2026-03-01')
  })
  it('place a day between two others, never beyond them', () => {
    expect(shareOf('2026-11-25', '2026-11-23', '2026-11-27')).toBe(50)
    expect([shareOf('2026-01-01', '2026-11-23', '2026-11-27'), shareOf('2027-01-01', '2026-11-23', '2026-11-27')]).toEqual([0, 100])
    expect(shareOf('2026-11-23', '2026-11-23', '2026-11-23')).toBe(0)
  })
})

it('a task goes nowhere but to states there are, and is never stuck', () => {
  for (const state of TASK_STATES) {
    expect(STEPS[state].length).toBeGreaterThan(0)
    expect(STEPS[state]).not.toContain(state)
  }
})
