/** Measures that colour the map: what is offered, how it is said, and the list behind its figures. */
import { useQuery } from '@tanstack/vue-query'
import { useI18n } from 'vue-i18n'
import type { RouteLocationRaw } from 'vue-router'
import { get } from '@/api/client'
import type { Items, MeasureOut } from '@/api/types'
import { exactly } from '@/app/filters'
import { number, percent } from '@/app/format'
import { stepsOf, type ColourStep } from './layers'

/** `tag` names a kind of tag that is counted. */
export interface Measure { name: string; share: boolean; list: string; label: string; tag?: string; definition?: MeasureOut['definition'] }

/** What the rooms of the program offer this user, in their language. */
export function useMeasures() {
  const { locale } = useI18n()
  return useQuery({
    queryKey: ['measures', locale],
    queryFn: ({ signal }) => get<Items<MeasureOut>>('/figures/measures/catalogue', undefined, signal),
    staleTime: Infinity,
    select: (found) => found.items.map(measureOf),
  })
}
export const measureOf = (m: MeasureOut): Measure => ({ name: m.code, share: m.unit === 'share', list: m.path, label: m.label, definition: m.definition })

export const tagMeasure = (code: string, label: string): Measure => ({ name: `tag:${code}`, share: false, list: `/tags?kind=${code}`, tag: code, label })

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
