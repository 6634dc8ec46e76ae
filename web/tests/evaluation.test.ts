import { describe, expect, it } from 'vitest'
import { casesBehind, GROUPS, monthOf, pieces, written } from '@/rooms/evaluation/months'

describe('months of evaluation', () => {
  it('reads a month as a picker writes it, and takes the present one in China otherwise', () => {
    expect(monthOf('2026-10', new Date())).toBe(202610)
    const newYear = new Date('2026-12-31T17:00:00Z')
    for (const text of ['', '2026-13', 'last', '202610']) expect(monthOf(text, newYear)).toBe(202701)
    expect(written(202601)).toBe('2026-01')
  })

  it('breaks the line where a month has nothing to tell', () => {
    const point = (month: number, value: number | null) => ({ month, value, numerator: 0, denominator: 0 })
    expect(pieces([point(1, 1), point(2, 0.5), point(3, null), point(4, 0)], 300, 100)).toEqual([['0.0,0.0', '100.0,50.0'], ['300.0,100.0', '300.0,100.0']])
  })

  it('leads to the cases of a figure, of a unit or an area', () => {
    expect(casesBehind(202610, 'to_close-closed', { area: '370302002' })).toBe('/cases?figure=202610%3Ato_close-closed&area=370302002')
    expect(casesBehind(202610, 'filed', { unit: 'u', area: undefined })).toBe('/cases?figure=202610%3Afiled&unit=u')
  })

  it('has every ratio in one group', () => {
    const all = Object.values(GROUPS).flat()
    expect(new Set(all).size).toBe(all.length)
    expect(all.length).toBe(18)
  })
})
