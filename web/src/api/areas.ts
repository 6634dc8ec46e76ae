/** Calls of places; areas are shown by the name people use. */
import { get } from './client'
import type { Area, AreaDetail, AreaDetailOut, AreaHit, AreaOut, Level } from './types'

function area(row: AreaOut): AreaHit {
  const below = row.level === 'grid' ? 0 : row.level === 'village' ? row.grids : row.level === 'town' ? row.villages : undefined
  return { code: row.code, level: row.level as Level, kind: row.kind, name: row.short_name || row.name, path: row.path, ...(below === undefined ? {} : { children: below }) }
}

export async function areasBelow(parent: string | undefined, signal?: AbortSignal): Promise<Area[]> {
  return (await get<AreaOut[]>('/areas', { parent }, signal)).map(area)
}

export async function findAreas(words: string, signal?: AbortSignal): Promise<AreaHit[]> {
  return (await get<AreaOut[]>('/areas/search', { q: words, limit: 20 }, signal)).map(area)
}

export async function areaDetail(code: string, signal?: AbortSignal): Promise<AreaDetail> {
  const out = await get<AreaDetailOut>(`/areas/${encodeURIComponent(code)}`, undefined, signal)
  return { ...area(out.area), breadcrumb: out.breadcrumb.map(area), below: out.children.map(area), aliases: out.aliases }
}
