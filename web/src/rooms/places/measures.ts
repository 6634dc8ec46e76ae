/** Measures that colour the map: what each needs, how it is said, and the list behind its figures. */
import type { RouteLocationRaw } from 'vue-router'
import { exactly } from '@/app/filters'
import { number, percent } from '@/app/format'
import { stepsOf, type ColourStep } from './layers'

/** `tag` names a kind of tag that is counted, with its own `label`. */
export interface Measure { name: string; needs: string; share: boolean; list: string; tag?: string; label?: string }
const view = 'registry.person.view'
const measure = (name: string, needs: string, list: string, share = false): Measure => ({ name, needs, list, share })

export const MEASURES: readonly Measure[] = [
  measure('people', view, '/people'),
  measure('households', view, '/households'),
  measure('homes', view, '/homes'),
  measure('phone_share', view, '/people?missing=phone', true),
  measure('home_share', view, '/people?missing=home', true),
  measure('id_share', view, '/people?missing=id', true),
  measure('empty_homes', view, '/homes?state=empty'),
  measure('empty_share', view, '/homes?state=empty', true),
  measure('entities', 'registry.entity.view', '/entities'),
  measure('places', 'registry.place.view', '/key-places'),
  measure('places_overdue', 'registry.place.view', '/key-places?due=overdue'),
  measure('rentals', 'registry.rental.view', '/rentals'),
  measure('components', 'registry.component.view', '/components'),
  measure('components_damaged', 'registry.component.view', '/components?state=2'),
  measure('unstaffed', 'places.edit', '/grids'),
]

export const tagMeasure = (code: string, label: string): Measure => ({ ...measure(`tag:${code}`, 'registry.tag.view', `/tags?kind=${code}`), tag: code, label })

export const valueOf = (m: Measure, value: number | undefined): string =>
  value === undefined ? '–' : m.share ? percent(value) : number(value)

/** Classes of a measure: shares by fixed steps, so that two areas compare; counts by how they are spread. */
export function classesOf(m: Measure, values: readonly number[]): ColourStep[] {
  if (!m.share) return stepsOf(values)
  if (!values.length) return []
  const bounds = m.name === 'empty_share' ? [0, 0.05, 0.1, 0.2, 0.4] : [0, 0.5, 0.7, 0.85, 0.95]
  return bounds.map((from, i) => ({ from, to: bounds[i + 1] ?? null }))
}

export const classLabel = (m: Measure, step: ColourStep): string => {
  const say = (v: number) => (m.share ? percent(v, 0) : number(v))
  return step.to === null ? `${say(step.from)}+` : `${say(step.from)}–${say(step.to)}`
}

/** The list behind a figure, of one area. */
export function listOf(m: Measure, area: string): RouteLocationRaw {
  return exactly(`${m.list}${m.list.includes('?') ? '&' : '?'}area=${area}`)
}
