/** Which control edits which field. Identifiers are typed anew: what is stored is never sent to the page. */
import type { Fact } from '@/api/types'

export type Control = 'text' | 'code' | 'date' | 'identifier' | 'address'
export interface Editable { name: string; control: Control; list?: string }

const CONTROLS = new Set<string>(['text', 'code', 'date', 'identifier', 'address'] satisfies Control[])

/** The registry says of each fact whether and how it can be corrected. */
export function editablesOf(facts: readonly Fact[]): Editable[] {
  return facts.filter((f) => f.editable).map((f) => ({
    name: f.name,
    control: CONTROLS.has(f.kind) ? (f.kind as Control) : 'text',
    ...(f.code_list ? { list: f.code_list } : {}),
  }))
}

/** What is asked of a person registered by hand; the rest can follow. */
export const FIRST_FIELDS: Editable[] = [
  { name: 'name', control: 'text' },
  { name: 'id_number', control: 'identifier' },
  { name: 'sex', control: 'code', list: 'sex' },
  { name: 'birth', control: 'date' },
  { name: 'nation', control: 'code', list: 'nation' },
  { name: 'phone', control: 'identifier' },
  { name: 'population_kind', control: 'code', list: 'population_kind' },
  { name: 'home', control: 'address' },
  { name: 'register_address', control: 'address' },
]
