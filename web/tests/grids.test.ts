/** Steps of a change of grids: what is clicked and typed becomes what the server is asked. */
import { describe, expect, it } from 'vitest'
import { byGrid, complete, emptyDraft, operationOf, picked, sketchOf } from '@/rooms/grids/steps'

const WEST = '370302102201001'
const EAST = '370302102201002'

describe('steps of a change of grids', () => {
  it('are complete only with all they need', () => {
    expect(complete({ ...emptyDraft('split'), grid: WEST, points: [[118, 36]] })).toBe(false)
    expect(complete({ ...emptyDraft('split'), grid: WEST, points: [[118, 36], [118, 37]] })).toBe(true)
    expect(complete({ ...emptyDraft('draw'), points: [[118, 36], [118, 37]] })).toBe(false)
    expect(complete({ ...emptyDraft('merge'), grids: [WEST] })).toBe(false)
    expect(complete({ ...emptyDraft('rename'), grid: WEST, name: '  ' })).toBe(false)
    expect(complete({ ...emptyDraft('close'), grid: WEST, into: WEST })).toBe(false)
    expect(complete({ ...emptyDraft('close'), grid: WEST })).toBe(true)
  })

  it('close the ring that was drawn and name the kind as the server does', () => {
    const drawn = operationOf({ ...emptyDraft('draw'), kind: 'special', points: [[118, 36], [118, 37], [119, 37]] })
    expect(drawn.figure?.coordinates).toEqual([[[118, 36], [118, 37], [119, 37], [118, 36]]])
    expect([drawn.kind, drawn.carve]).toEqual(['专属', true])
  })

  it('take clicks on grids for what is asked next', () => {
    const merger = picked(picked(picked(emptyDraft('merge'), WEST), EAST), WEST)
    expect(merger.grids).toEqual([EAST])
    const closing = picked(picked(emptyDraft('close'), WEST), EAST)
    expect([closing.grid, closing.into]).toEqual([WEST, EAST])
    expect(picked(emptyDraft('split'), EAST).grid).toBe(EAST)
  })

  it('show points, then a line, then a ring', () => {
    const shapes = (tool: 'split' | 'draw', n: number) => sketchOf({ ...emptyDraft(tool), points: Array.from({ length: n }, (_, i) => [118 + i, 36]) }).features.map((f) => f.geometry.type)
    expect(shapes('split', 1)).toEqual(['Point'])
    expect(shapes('split', 2)).toEqual(['Point', 'Point', 'LineString'])
    expect(shapes('draw', 3)).toEqual(['Point', 'Point', 'Point', 'Polygon'])
    expect(sketchOf(null).features).toEqual([])
  })

  it('sum what lies in a grid before and after', () => {
    const effect = [{ name: 'people', old: WEST, new: 'a', count: 3 }, { name: 'people', old: WEST, new: 'b', count: 2 }, { name: 'homes', old: EAST, new: 'b', count: 1 }]
    expect(byGrid(effect, 'old').get(WEST)).toEqual({ people: 5 })
    expect(byGrid(effect, 'new').get('b')).toEqual({ people: 2, homes: 1 })
  })
})
