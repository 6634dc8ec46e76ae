/** Between the wire's mapping of columns and what the page shows: a list of fields for each column. */
import type { Mapping, PreviewColumn } from '@/api/types'

/** What a column starts with: the mapping saved before, else the suggestion if it is likely enough. */
export function startingFields(column: PreviewColumn, mapping: Mapping | null): string[] {
  const saved = mapping?.columns?.find((c) => c.index === column.index)
  if (saved) return listOf(saved)
  const s = column.suggestion
  return s?.field && s.confidence >= 0.5 ? s.field.split('/') : []
}

function listOf(saved: { field: string | null; split?: string | null }): string[] {
  if (!saved.field) return []
  return [saved.field, ...(saved.split ? saved.split.split('/') : [])]
}

/** A column with several fields is split: the first is its field, the others follow. */
export function fieldsOf(list: string[]): { field: string | null; split?: string } {
  const [field = null, ...rest] = list
  return rest.length ? { field, split: rest.join('/') } : { field }
}

export function confidenceOf(value: number): 'high' | 'medium' | 'low' {
  return value >= 0.85 ? 'high' : value >= 0.5 ? 'medium' : 'low'
}
