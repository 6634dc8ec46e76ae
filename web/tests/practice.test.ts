import { describe, expect, it } from 'vitest'
import { elsewhere, known, movedBy, type Figure, type Moved } from '@/rooms/practice/api'

const figure = (value: Figure['value']): Figure => ({ value, how: value === null ? null : 'computed', assessed_on: '2026-11-01', said_on: null })
const moved = (before: Figure['value'], after: Figure['value'], unit = '%'): Moved =>
  ({ metric: 'm', name: { zh: '率', en: 'rate' }, unit, before: figure(before), after: figure(after), stated_before: 1, stated_after: 99, indicators: [] })

describe('what a card moved', () => {
  it('is reckoned from assessments, never from what the author states', () => {
    expect(movedBy(moved(41, 83.5))).toBe(42.5)
    expect(movedBy(moved(0.1, 0.3))).toBe(0.2)
    expect(movedBy(moved(41, null))).toBeNull()
    expect(known(moved(null, 41))).toBe(false)
  })
  it('is no number where the figure is yes or no, and zero is a figure', () => {
    expect(movedBy(moved(false, true, 'bool'))).toBeNull()
    expect(movedBy(moved(0, 0, 'count'))).toBe(0)
  })
  it('is looked for elsewhere: the own cards of a community are left out', () => {
    expect(elsewhere('B01', '370302005013')).toEqual({ path: '/tiers/practice', query: { indicator: 'B01', but: '370302005013' } })
    expect(elsewhere('B01').query).toEqual({ indicator: 'B01' })
  })
})
