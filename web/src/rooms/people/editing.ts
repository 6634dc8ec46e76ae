/** Which control edits which field of a person. Identifiers are typed anew: what is stored is never sent to the page. */
export type Control = 'text' | 'code' | 'date' | 'identifier' | 'address'
export interface Editable { name: string; control: Control; list?: string }

export const EDITABLE: Editable[] = [
  { name: 'name', control: 'text' },
  { name: 'former_name', control: 'text' },
  { name: 'sex', control: 'code', list: 'sex' },
  { name: 'birth', control: 'date' },
  { name: 'nation', control: 'code', list: 'nation' },
  { name: 'nationality', control: 'code', list: 'nationality' },
  { name: 'id_kind', control: 'code', list: 'id_kind' },
  { name: 'id_number', control: 'identifier' },
  { name: 'phone', control: 'identifier' },
  { name: 'home', control: 'address' },
  { name: 'population_kind', control: 'code', list: 'population_kind' },
  { name: 'register_consistent', control: 'code', list: 'register_consistent' },
  { name: 'register_address', control: 'address' },
  { name: 'native_place', control: 'text' },
  { name: 'marital', control: 'code', list: 'marital' },
  { name: 'education', control: 'code', list: 'education' },
  { name: 'political', control: 'code', list: 'political' },
  { name: 'occupation', control: 'text' },
  { name: 'workplace', control: 'text' },
  { name: 'inflow_reason', control: 'code', list: 'inflow_reason' },
  { name: 'left_behind_kind', control: 'code', list: 'left_behind_kind' },
]
/** A field asked for with a person registered by hand; the rest can follow. */
export const FIRST_FIELDS = ['name', 'sex', 'birth', 'nation', 'id_kind', 'id_number', 'phone', 'population_kind', 'home', 'register_address']
