/** The line of a trend: where it runs, and that it never joins what does not compare. */
import { describe, expect, it } from 'vitest'
import type { QualityDay } from '@/api/types'
import { figureOf, recordsOf } from '@/rooms/quality/api'
import { lineOf, scaleOf } from '@/rooms/quality/trend'

const day = (n: number, share: number | null, version = 1): QualityDay => ({ day: `2026-11-0${n}`, failing: 1, of: 100, share, version })

describe('a trend', () => {
  it('is scaled by whole steps around what is told', () => {
    const { low, high } = scaleOf([day(1, 0.82), day(2, 0.91), day(3, null)])
    expect([low.toFixed(2), high.toFixed(2)]).toEqual(['0.80', '0.95'])
    for (const flat of [1, 0, 0.9]) {
      const scale = scaleOf([day(1, flat)])
      expect(scale.high - scale.low).toBeGreaterThan(0.04)
      expect(scale.low <= flat && flat <= scale.high).toBe(true)
    }
  })
  it('runs from the first day to the last, by day', () => {
    expect(lineOf([day(1, 0.8), day(2, 0.9), day(5, 1)], { low: 0.8, high: 1 }, 400, 100)).toEqual([['0.0,100.0', '100.0,50.0', '400.0,0.0']])
  })
  it('is cut where the definition changed, and leaves out days without a share', () => {
    const lines = lineOf([day(1, 0.8), day(2, null), day(3, 0.8), day(4, 0.9, 2)], { low: 0, high: 1 }, 300, 100)
    expect(lines.map((l) => l.length)).toEqual([2, 2])
    expect(lineOf([], { low: 0, high: 1 }, 300, 100)).toEqual([])
  })
})

describe('a figure', () => {
  it('opens exactly its records', () => {
    expect(recordsOf('/people?quality=phone', '370302', 'police')).toEqual({ path: '/people', query: { quality: 'phone', area: '370302', source: 'police' }, state: { exact: true } })
    expect(recordsOf('/homes?quality=home_grid', undefined, '')).toEqual({ path: '/homes', query: { quality: 'home_grid' }, state: { exact: true } })
    expect(figureOf([], 'phone')).toBeUndefined()
  })
})
