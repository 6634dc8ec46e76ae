/** What can be changed for many at once, and how it is chosen. The server has the last word (`registry/bulk/rules.py`). */
export type Kind = 'person' | 'dwelling'
export interface BulkField { name: string; control: 'code' | 'text' | 'grid'; list?: string; clearable?: boolean }

export const FIELDS: Record<Kind, BulkField[]> = {
  person: [
    { name: 'population_kind', control: 'code', list: 'population_kind', clearable: true },
    { name: 'home_kind', control: 'code', list: 'home_kind', clearable: true },
    { name: 'grid', control: 'grid' },
    { name: 'register_consistent', control: 'code', list: 'register_consistent', clearable: true },
    { name: 'inflow_reason', control: 'code', list: 'inflow_reason', clearable: true },
    { name: 'permit_kind', control: 'code', list: 'permit_kind', clearable: true },
    { name: 'left_behind_kind', control: 'code', list: 'left_behind_kind', clearable: true },
    { name: 'marital', control: 'code', list: 'marital', clearable: true },
    { name: 'education', control: 'code', list: 'education', clearable: true },
    { name: 'political', control: 'code', list: 'political', clearable: true },
    { name: 'nation', control: 'code', list: 'nation', clearable: true },
    { name: 'nationality', control: 'code', list: 'nationality', clearable: true },
    { name: 'occupation', control: 'text', clearable: true },
    { name: 'workplace', control: 'text', clearable: true },
    { name: 'native_place', control: 'text', clearable: true },
  ],
  dwelling: [
    { name: 'state', control: 'code', list: 'dwelling_state', clearable: true },
    { name: 'kind', control: 'code', list: 'dwelling_kind', clearable: true },
    { name: 'grid', control: 'grid' },
  ],
}

export interface Line { field: string; value: string | undefined; empties: boolean }

/** Whether a line says all that it must. */
export const complete = (line: Line): boolean => Boolean(line.field) && (line.empties || Boolean(line.value?.trim()))

/** What the server is asked to change. */
export function changesOf(lines: readonly Line[]): Record<string, string | null> {
  return Object.fromEntries(lines.filter(complete).map((line) => [line.field, line.empties ? null : (line.value ?? '').trim()]))
}
