/** What the pages of quality ask: the indicators with their definitions, an area's figures, and those of its sources. */
import { keepPreviousData, useQuery } from '@tanstack/vue-query'
import { computed } from 'vue'
import { useI18n } from 'vue-i18n'
import { get } from '@/api/client'
import type { Indicators, KeptQuality, Quality, QualityFigure, QualityTrend, SourcesQuality } from '@/api/types'
import { exactly } from '@/app/filters'
import { useSession } from '@/app/session'

export function useIndicators() {
  const { locale } = useI18n()
  const session = useSession()
  const query = useQuery({
    queryKey: ['quality', 'indicators', locale],
    queryFn: ({ signal }) => get<Indicators>('/quality/indicators', undefined, signal),
    staleTime: Infinity,
    enabled: () => session.may('registry.person.view'),
  })
  const items = computed(() => query.data.value?.items ?? [])
  const sources = computed(() => (query.data.value?.sources ?? []).map((s) => ({ value: s.code, label: s.name })))
  const failing = (subject: 'person' | 'home') => items.value.filter((i) => i.subject === subject).map((i) => ({ value: i.code as string, label: i.numerator }))
  return { query, items, sources, failing }
}

export const useQuality = (area: () => string | undefined, source: () => string) => useQuery({
  queryKey: ['quality', 'area', area, source],
  queryFn: ({ signal }) => get<Quality>('/quality', { area: area(), source: source() || undefined }, signal),
  placeholderData: keepPreviousData,
  staleTime: 60_000,
})

/** What the last night measured: there at once, until the others have counted. */
export const useKeptQuality = (area: () => string | undefined, source: () => string) => useQuery({
  queryKey: ['quality', 'kept', area, source],
  queryFn: ({ signal }) => get<KeptQuality>('/quality/kept', { area: area(), source: source() || undefined }, signal),
  staleTime: 600_000,
})

/** Reads every statement, where the figures of an area read one narrow row a person: asked when those are there (`after`). */
export const useSourcesQuality = (area: () => string | undefined, after: () => boolean) => useQuery({
  queryKey: ['quality', 'sources', area],
  queryFn: ({ signal }) => get<SourcesQuality>('/quality/sources', { area: area() }, signal),
  placeholderData: keepPreviousData,
  staleTime: 60_000,
  enabled: after,
})

export const useTrend = (indicator: () => string | undefined, area: () => string | undefined, source: () => string) => useQuery({
  queryKey: ['quality', 'trend', indicator, area, source],
  queryFn: ({ signal }) => get<QualityTrend>('/quality/trend', { indicator: indicator(), area: area(), source: source() || undefined }, signal),
  staleTime: 600_000,
  enabled: () => Boolean(indicator()),
})

/** The figure of an indicator among those of an area or a source. */
export const figureOf = (figures: readonly QualityFigure[], indicator: string): QualityFigure | undefined => figures.find((f) => f.indicator === indicator)

/** The list of exactly the records that were counted. */
export function recordsOf(path: string, area: string | undefined, source: string) {
  return exactly(`${path}${area ? `&area=${area}` : ''}${source ? `&source=${source}` : ''}`)
}
