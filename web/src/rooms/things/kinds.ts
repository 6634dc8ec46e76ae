/** The kinds of things the registry holds besides people: one page for all of them, told apart here. */
import type { IconName } from '@/components/icons'

export type ThingPath = 'entities' | 'key-places' | 'components' | 'rentals'
export interface ThingKind {
  path: ThingPath
  /** Under `things.kind`. */
  key: 'entity' | 'place' | 'component' | 'rental'
  view: string
  icon: IconName
  /** Code lists of what lists show and filter by. */
  groups: string
  states: string
  /** Whether each has a day of its next inspection. */
  due: boolean
}

export const KINDS: readonly ThingKind[] = [
  { path: 'entities', key: 'entity', view: 'registry.entity.view', icon: 'entity', groups: 'entity_kind', states: 'entity_status', due: false },
  { path: 'key-places', key: 'place', view: 'registry.place.view', icon: 'place', groups: 'place_kind', states: 'attention', due: true },
  { path: 'components', key: 'component', view: 'registry.component.view', icon: 'component', groups: 'component_class', states: 'component_state', due: false },
  { path: 'rentals', key: 'rental', view: 'registry.rental.view', icon: 'rental', groups: 'rental_purpose', states: 'rental_state', due: true },
]
export const DUES = ['overdue', 'soon', 'later', 'none'] as const

export function kindOf(path: string): ThingKind {
  const found = KINDS.find((k) => k.path === path)
  if (!found) throw new Error(`no kind ${path}`)
  return found
}
/** Whether a table of people or of which things a batch is; null for people. */
export const thingKindOf = (batchKind: string): ThingKind | null => KINDS.find((k) => k.path === batchKind) ?? null
