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

export function hasWebGL(): boolean {
  try {
    const canvas = document.createElement('canvas')
    return Boolean(canvas.getContext('webgl2') ?? canvas.getContext('webgl'))
  } catch {
    return false
  }
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
