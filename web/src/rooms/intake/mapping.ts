/** Between the wire's mapping of columns and what the page shows: a list of fields for each column. */
import type { MappingIn, Preview } from '@/api/types'

export type Chosen = Record<string, string[]>

/** What each column starts with: the mapping as kept, which holds the proposals until someone changes it. */
export function startingFields(preview: Pick<Preview, 'columns' | 'mapping'>): Chosen {
  const kept = (preview.mapping.columns ?? {}) as Record<string, string | string[] | null>
  return Object.fromEntries(preview.columns.map((c) => {
    const value = c.name in kept ? kept[c.name] : c.confidence >= 0.5 ? c.fields : null
    return [c.name, value == null ? [] : typeof value === 'string' ? [value] : value]
  }))
}

/** The documented form: null leaves a column out, a list splits it. */
export function mappingOf(chosen: Chosen, constants: Record<string, string>, datum: MappingIn['datum']): MappingIn {
  const columns = Object.fromEntries(Object.entries(chosen).map(([name, list]) => {
    const fields = list.filter(Boolean)
    return [name, fields.length > 1 ? fields : (fields[0] ?? null)]
  }))
  return { version: 1, columns, constants: Object.fromEntries(Object.entries(constants).filter(([, v]) => v !== '')), datum }
}

export function confidenceOf(value: number): 'high' | 'medium' | 'low' {
  return value >= 0.85 ? 'high' : value >= 0.5 ? 'medium' : 'low'
}
