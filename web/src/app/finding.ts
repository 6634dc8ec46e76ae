/** Global search: what the server finds, the pages the user may open, and where each find leads. */
import type { FoundGroup, FoundHit } from '@/api/types'
import type { IconName } from '@/components/icons'
import type { RouteLocationRaw } from 'vue-router'
import { shallowRef } from 'vue'
import { initialsOf } from './initials'

export type Kind = FoundGroup['kind']
export interface Hit { key: string; icon: IconName; title: string; mono: string; note: string; to: RouteLocationRaw; words?: string }

interface Look { icon: IconName; to: (id: string) => RouteLocationRaw; list?: string }
/** How each kind looks, where one of it and its list stand. */
export const LOOKS: Record<Kind, Look> = {
  person: { icon: 'account', to: (id) => `/people/${id}`, list: '/people' },
  area: { icon: 'pin', to: (id) => ({ path: '/', query: { area: id } }) },
  compound: { icon: 'units', to: (id) => `/compounds/${id}`, list: '/compounds' },
  building: { icon: 'building', to: (id) => `/buildings/${id}`, list: '/buildings' },
  entity: { icon: 'entity', to: (id) => `/entities/${id}`, list: '/entities' },
  place: { icon: 'place', to: (id) => `/key-places/${id}`, list: '/key-places' },
  component: { icon: 'component', to: (id) => `/components/${id}`, list: '/components' },
  rental: { icon: 'rental', to: (id) => `/rentals/${id}`, list: '/rentals' },
}

/** A find as a line; `sex` puts the code into words. */
export function hitOf(kind: Kind, hit: FoundHit, sex: (code: string | null | undefined) => string): Hit {
  const facts = kind === 'person' ? [hit.sex ? sex(hit.sex) : '', hit.age ?? '', hit.area_name] : [hit.note, kind === 'area' ? '' : hit.area_name]
  return {
    key: `${kind}:${hit.id}`, icon: LOOKS[kind].icon, title: hit.name, mono: hit.code ?? '',
    note: facts.filter((x) => x !== '' && x != null).join(' · '), to: LOOKS[kind].to(String(hit.id)),
  }
}

/** How well a page fits the words: 0 by its beginning or initials, 1 anywhere; null when not at all. */
export function pageFit(title: string, words: string): 0 | 1 | null {
  const q = words.toLowerCase().replace(/\s/g, '')
  const said = title.toLowerCase().replace(/\s/g, '')
  if (!q || said.startsWith(q) || initialsOf(title).startsWith(q)) return 0
  return said.includes(q) ? 1 : null
}

const MOST = 5
/** What was opened from search, the latest first. Only in this tab's memory: words and names are written nowhere. */
export const recent = shallowRef<readonly Hit[]>([])
export function remember(hit: Hit): void {
  recent.value = [hit, ...recent.value.filter((h) => h.key !== hit.key)].slice(0, MOST)
}
