/** The wheel of indicators: a sector for each level-1 group, a ring for each tier, a cell for each indicator. */
import type { IndicatorStanding } from './api'
import { TIERS, type Group } from './tiers'

export interface Cell { indicator: IndicatorStanding; path: string }
export interface Label { name: string; x: number; y: number; anchor: 'start' | 'middle' | 'end' }
export interface Wheel { cells: Cell[]; labels: Label[]; spokes: [x: number, y: number][] }

export const SIZE = 372
/** Inner and outer edge of each tier's ring, basic innermost: climbing goes outwards. */
const EDGES = { basic: [48, 86], growing: [90, 128], model: [132, 170] } as const
const LABEL_AT = 182
const GAP = 0.012

const at = (angle: number, radius: number): [number, number] => [SIZE / 2 + radius * Math.sin(angle), SIZE / 2 - radius * Math.cos(angle)]
const said = ([x, y]: readonly [number, number]): string => `${x.toFixed(1)} ${y.toFixed(1)}`

/** A piece of a ring between two angles, clockwise from the top. */
export function piece(from: number, to: number, inner: number, outer: number): string {
  const wide = to - from > Math.PI ? 1 : 0
  return `M${said(at(from, outer))}A${outer} ${outer} 0 ${wide} 1 ${said(at(to, outer))}L${said(at(to, inner))}A${inner} ${inner} 0 ${wide} 0 ${said(at(from, inner))}Z`
}

/** Sectors are as wide as their fullest ring needs, so that cells are about alike. */
export function wheelOf(groups: readonly Group[]): Wheel {
  const widths = groups.map((g) => Math.max(1, ...TIERS.map((tier) => g.tiers[tier].length)))
  const whole = widths.reduce((sum, w) => sum + w, 0)
  const wheel: Wheel = { cells: [], labels: [], spokes: [] }
  let angle = 0
  groups.forEach((group, nth) => {
    const span = ((widths[nth] ?? 1) / whole) * 2 * Math.PI
    for (const tier of TIERS) {
      const own = group.tiers[tier]
      const [inner, outer] = EDGES[tier]
      const usable = span - 2 * GAP
      own.forEach((indicator, i) => {
        const from = angle + GAP + (usable * i) / own.length
        wheel.cells.push({ indicator, path: piece(from, from + usable / own.length, inner, outer) })
      })
    }
    const middle = angle + span / 2
    const [x, y] = at(middle, LABEL_AT)
    const side = Math.sin(middle)
    wheel.labels.push({ name: group.name, x, y, anchor: side > 0.25 ? 'start' : side < -0.25 ? 'end' : 'middle' })
    wheel.spokes.push(at(angle, EDGES.model[1] + 6))
    angle += span
  })
  return wheel
}
