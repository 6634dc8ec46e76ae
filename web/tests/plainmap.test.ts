/** The plain map: where it looks, what lies under a finger, which names find room. */
import { describe, expect, it } from 'vitest'
import { figureAt, figuresOf, namesOf } from '@/rooms/places/figures'
import { colourOf, COLOURS, UNKNOWN_COLOUR, type Shapes } from '@/rooms/places/layers'
import { fitted, lonLatOf, moved, nearer, pixelOf, sameView, unitAt, unitOf, type View } from '@/rooms/places/view'

const SIZE = { width: 800, height: 600 }
const BOX = [117.7, 36.4, 118.2, 36.8] as const
const square = (west: number, south: number, side: number) => [[west, south], [west + side, south], [west + side, south + side], [west, south + side], [west, south]]
const shapes: Shapes = {
  type: 'FeatureCollection',
  features: [
    { type: 'Feature', properties: { code: 'a', name: '甲', lon: 118.05, lat: 36.55 }, geometry: { type: 'Polygon', coordinates: [square(118, 36.5, 0.1), square(118.04, 36.54, 0.02)] } },
    { type: 'Feature', properties: { code: 'b', name: '乙', lon: 118.051, lat: 36.551 }, geometry: { type: 'MultiPolygon', coordinates: [[square(118.04, 36.54, 0.02)], [square(118.2, 36.5, 0.1)]] } },
  ],
}

describe('a view', () => {
  const view = fitted(BOX, SIZE, 36)
  it('shows a box whole, with room at the edges', () => {
    const [left, bottom] = pixelOf(view, unitOf(BOX[0], BOX[1]), SIZE)
    const [right, top] = pixelOf(view, unitOf(BOX[2], BOX[3]), SIZE)
    expect(Math.min(left, top, SIZE.width - right, SIZE.height - bottom)).toBeCloseTo(36, 6)
    expect(left + right).toBeCloseTo(SIZE.width, 6)
    expect(top + bottom).toBeCloseTo(SIZE.height, 6)
  })
  it('is where the drawing engine looks: longitude and latitude of its centre', () => {
    const [lon, lat] = lonLatOf(view)
    expect(lon).toBeCloseTo(117.95, 9)
    // Mercator stretches northwards: the middle of the picture lies a little north of the mean of the latitudes' edges.
    expect(lat).toBeGreaterThan(36.6)
    expect(lat).toBeLessThan(36.601)
  })
  it('holds the ground under the pixel when one comes nearer', () => {
    const before = unitAt(view, [100, 50], SIZE)
    const near = nearer(view, 1.5, [100, 50], SIZE)
    expect(near.zoom).toBeCloseTo(view.zoom + 1.5, 9)
    const after = unitAt(near, [100, 50], SIZE)
    expect([after[0], after[1]]).toEqual([expect.closeTo(before[0], 12), expect.closeTo(before[1], 12)])
  })
  it('follows the hand that drags', () => {
    const at = unitAt(view, [400, 300], SIZE)
    const [x, y] = pixelOf(moved(view, 30, -20), at, SIZE)
    expect([x, y]).toEqual([expect.closeTo(430, 6), expect.closeTo(280, 6)])
    expect(sameView(view, moved(view, 0, 0))).toBe(true)
    expect(sameView(view, moved(view, 1, 0))).toBe(false)
  })
  it('of nothing wide, or at the pole, is still a view', () => {
    for (const v of [fitted([118, 36, 118, 36], SIZE, 36), fitted([-180, -90, 180, 90], SIZE, 36), nearer(view, 99, [0, 0], SIZE)] as View[]) {
      expect(Number.isFinite(v.x) && Number.isFinite(v.y) && v.zoom >= 0 && v.zoom <= 20).toBe(true)
    }
  })
})

describe('an area', () => {
  const figures = figuresOf(shapes)
  const at = (lon: number, lat: number) => figureAt(figures, unitOf(lon, lat))?.facts.code ?? null
  it('is found where it lies, not in its hole, and in each of its parts', () => {
    expect([at(118.01, 36.51), at(118.05, 36.55), at(118.25, 36.55), at(118.15, 36.55), at(0, 0)]).toEqual(['a', 'b', 'b', null, null])
  })
  it('has the colour of its class', () => {
    const steps = [{ from: 0, to: 9 }, { from: 10, to: 19 }, { from: 20, to: null }]
    expect([0, 9.5, 10, 500, undefined].map((v) => colourOf(v, steps))).toEqual([COLOURS[0], COLOURS[0], COLOURS[1], COLOURS[2], UNKNOWN_COLOUR])
    expect(colourOf(7, [])).toBe(COLOURS[1])
  })
  it('gets its name where there is room, the first one first', () => {
    const view = fitted(BOX, SIZE, 36)
    const width = (text: string) => text.length * 12
    expect(namesOf(figures, view, SIZE, 12, width).map((n) => n.text)).toEqual(['甲'])
    expect(namesOf(figures, nearer(view, 6, pixelOf(view, unitOf(118.05, 36.55), SIZE), SIZE), SIZE, 12, width).map((n) => n.text)).toEqual(['甲', '乙'])
    expect(namesOf(figures, moved(view, 5000, 0), SIZE, 12, width)).toEqual([])
  })
})
