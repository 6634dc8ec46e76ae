/** Steps of a change of grids as they are put together on the page, before the server has looked at them. */
import type { Feature, FeatureCollection, LineString, Point, Polygon, Position } from 'geojson'
import type { OperationIn } from '@/api/types'

export const TOOLS = ['split', 'merge', 'draw', 'rename', 'close'] as const
export type Tool = (typeof TOOLS)[number]
export const KINDS = ['basic', 'special'] as const
/** What the server calls the kinds of grids; they are data, not words of the page. */
export const KIND_CODES: Record<(typeof KINDS)[number], string> = { basic: '\u57fa\u7840', special: '\u4e13\u5c5e' }

export interface Draft {
  tool: Tool
  grid: string
  grids: string[]
  into: string
  name: string
  kind: (typeof KINDS)[number]
  carve: boolean
  points: Position[]
}
export const emptyDraft = (tool: Tool): Draft => ({ tool, grid: '', grids: [], into: '', name: '', kind: 'basic', carve: true, points: [] })

/** Whether clicks on the map add points with this tool. */
export const sketches = (tool: Tool): boolean => tool === 'split' || tool === 'draw'

/** Whether a draft says all that the step needs. */
export function complete(draft: Draft): boolean {
  switch (draft.tool) {
    case 'split': return draft.grid !== '' && draft.points.length >= 2
    case 'merge': return draft.grids.length >= 2
    case 'draw': return draft.points.length >= 3
    case 'rename': return draft.grid !== '' && draft.name.trim() !== ''
    case 'close': return draft.grid !== '' && draft.grid !== draft.into
  }
}

export function operationOf(draft: Draft): OperationIn {
  const name = draft.name.trim()
  switch (draft.tool) {
    case 'split': return { op: 'split', grid: draft.grid, line: { type: 'LineString', coordinates: draft.points } }
    case 'merge': return { op: 'merge', grids: draft.grids, name }
    case 'draw': return { op: 'draw', name, kind: KIND_CODES[draft.kind], carve: draft.carve, figure: { type: 'Polygon', coordinates: [closed(draft.points)] } }
    case 'rename': return { op: 'rename', grid: draft.grid, name }
    case 'close': return { op: 'close', grid: draft.grid, into: draft.into }
  }
}

/** A ring ends where it begins. */
export function closed(points: readonly Position[]): Position[] {
  const [first] = points
  return first ? [...points, first] : []
}

/** A click on a grid fills the field the tool asks for next; a second click takes a grid out of a merger again. */
export function picked(draft: Draft, code: string): Draft {
  if (draft.tool === 'merge') {
    const grids = draft.grids.includes(code) ? draft.grids.filter((c) => c !== code) : [...draft.grids, code]
    return { ...draft, grids }
  }
  if (draft.tool === 'close' && draft.grid && draft.grid !== code) return { ...draft, into: code }
  return draft.tool === 'draw' ? draft : { ...draft, grid: code }
}

/** The points clicked so far, and the line or ring they make, for the map. */
export function sketchOf(draft: Draft | null): FeatureCollection<Point | LineString | Polygon> {
  const points = draft?.points ?? []
  const features: Feature<Point | LineString | Polygon>[] = points.map((p) => ({ type: 'Feature', properties: {}, geometry: { type: 'Point', coordinates: p } }))
  if (points.length > 1) {
    const ring = draft?.tool === 'draw' && points.length > 2
    features.push({ type: 'Feature', properties: {}, geometry: ring ? { type: 'Polygon', coordinates: [closed(points)] } : { type: 'LineString', coordinates: points } })
  }
  return { type: 'FeatureCollection', features }
}

export interface EffectRow { code: string; counts: Record<string, number> }

/** How many of each thing lie in each grid, before (`old`) or after (`new`) the change. */
export function byGrid(effect: readonly { name: string; old: string; new: string; count: number }[], side: 'old' | 'new'): Map<string, Record<string, number>> {
  const found = new Map<string, Record<string, number>>()
  for (const e of effect) {
    const row = found.get(e[side]) ?? {}
    row[e.name] = (row[e.name] ?? 0) + e.count
    found.set(e[side], row)
  }
  return found
}
