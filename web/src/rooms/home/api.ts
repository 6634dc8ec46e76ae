/** What the home page and the bar ask: figures of an area, what waits, and what came in. */
import { keepPreviousData, useQuery } from '@tanstack/vue-query'
import { useI18n } from 'vue-i18n'
import { get } from '@/api/client'
import type { BatchRow, Figures, Items, Page, Todo } from '@/api/types'
import { useSession } from '@/app/session'
import { isWorking } from '@/rooms/intake/states'

export function useFigures(area: () => string | undefined, interval: () => number = () => 60_000) {
  const session = useSession()
  return useQuery({
    queryKey: ['figures', area],
    queryFn: ({ signal }) => get<Figures>('/figures', { area: area() }, signal),
    enabled: () => session.may('registry.person.view'),
    placeholderData: keepPreviousData,
    staleTime: 20_000,
    refetchInterval: interval,
  })
}

/** People per area of a level, for bars and the map. */
export function usePeopleBy(level: () => string, area: () => string | undefined) {
  const session = useSession()
  return useQuery({
    queryKey: ['figures', 'people', level, area],
    queryFn: ({ signal }) => get<Record<string, number>>('/figures/people', { level: level(), area: area() }, signal),
    enabled: () => session.may('registry.person.view') && Boolean(level()),
    staleTime: 60_000,
  })
}

export function useRecentImports(area: () => string | undefined) {
  const session = useSession()
  return useQuery({
    queryKey: ['batches', 'recent', area],
    queryFn: ({ signal }) => get<Page<BatchRow>>('/intake/batches', { area: area(), limit: 8 }, signal),
    enabled: () => session.may('intake.batch.view'),
    refetchInterval: (q) => (q.state.data?.items.some(isWorking) ? 3_000 : 30_000),
  })
}

/** What there is to do for this user, over all their areas; the badge asks only for what waits. */
export function useToday(only?: 'waiting') {
  const { locale } = useI18n()
  return useQuery({
    queryKey: ['today', only ?? 'all', locale],
    queryFn: ({ signal }) => get<Items<Todo>>('/today', { only }, signal),
    refetchInterval: 60_000,
    staleTime: 20_000,
  })
}
