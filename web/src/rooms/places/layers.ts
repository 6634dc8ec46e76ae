/** Layers of the map and the classes its colours stand for. */
import type { Feature, FeatureCollection, MultiPolygon, Point, Polygon } from 'geojson'

export type Layer = 'towns' | 'villages' | 'grids'
export interface ShapeFacts { code: string; name: string; kind?: string; lon?: number; lat?: number; synthetic?: boolean; state?: string }
export type Shapes = FeatureCollection<Polygon | MultiPolygon, ShapeFacts>
export type SitePath = 'compounds' | 'buildings'
export interface SiteFacts { id: string; name: string; area_code: string; kind: string; inferred: boolean; path?: SitePath }
/** Compounds and buildings as points; an inferred one lies somewhere in its grid or village (schematic). */
export type SitePoints = FeatureCollection<Point, SiteFacts>
export type Shape = Feature<Polygon | MultiPolygon, ShapeFacts>
export interface ColourStep { from: number; to: number | null }

/** Light to dark; the same in both themes, because the map's ground is light in both. */
export const COLOURS = ['#dcebea', '#a9cfd2', '#6da9b3', '#38798b', '#164b5e'] as const

/** Nothing is counted there, or not yet. */
export const UNKNOWN_COLOUR = '#e4e2db'
export const EDGE = '#ffffff'
export const OUTLINE = '#134656'
export const PICKED = '#b0261c'
export const INK = '#1c2427'
export const HALO = '#ffffff'
export const groundOf = (dark: boolean): string => (dark ? '#2a3437' : '#f4f3ef')
export const NAME_FONT = "'PingFang SC', 'Microsoft YaHei', 'Noto Sans CJK SC', 'WenQuanYi Micro Hei', sans-serif"
export const nameSizeAt = (zoom: number): number => Math.max(12, Math.min(15, 12 + ((zoom - 9) * 3) / 4))
/** So many names cannot be read at once: they come when one is nearer. */
export const namesFrom = (areas: number): number => (areas > 200 ? 11.5 : 0)
/** Pixels between the areas and the edge of the map. */
export const MARGIN = 36

/** The colour of a value in its classes; with fewer than two there is nothing to tell apart. */
export function colourOf(value: number | undefined, steps: readonly ColourStep[]): string {
  if (steps.length < 2) return COLOURS[1]
  if (value === undefined) return UNKNOWN_COLOUR
  const at = steps.reduce((found, step, i) => (value >= step.from ? i : found), 0)
  return COLOURS[at] ?? COLOURS[4]
}

/** The layer that shows what lies directly below an area. */
export function layerFor(code: string | undefined): Layer {
  const length = code?.length ?? 6
  return length < 9 ? 'towns' : length < 12 ? 'villages' : 'grids'
}

/** Up to five classes with about as many areas in each, at round numbers. */
export function stepsOf(values: readonly number[]): ColourStep[] {
  const sorted = values.filter((v) => v > 0).sort((a, b) => a - b)
  if (!sorted.length) return []
  const round = (v: number) => {
    const unit = 10 ** Math.max(0, Math.floor(Math.log10(Math.max(1, v))) - 1)
    return Math.round(v / unit) * unit
  }
  const bounds = [0, ...[0.2, 0.4, 0.6, 0.8].map((q) => round(sorted[Math.floor(q * (sorted.length - 1))] ?? 0))]
  const unique = [...new Set(bounds)].sort((a, b) => a - b)
  return unique.map((from, i) => { const next = unique[i + 1]; return { from, to: next === undefined ? null : next - 1 } })
}

/** Smallest box around all shapes: west, south, east, north. Null when there are none. */
export function boundsOf(shapes: Shapes): [number, number, number, number] | null {
  let box: [number, number, number, number] | null = null
  for (const feature of shapes.features) {
    const polygons = feature.geometry.type === 'Polygon' ? [feature.geometry.coordinates] : feature.geometry.coordinates
    for (const polygon of polygons) for (const [x = 0, y = 0] of polygon[0] ?? []) {
      box = box ? [Math.min(box[0], x), Math.min(box[1], y), Math.max(box[2], x), Math.max(box[3], y)] : [x, y, x, y]
    }
  }
  return box
}
