/** What the home page and the bar ask: figures of an area, what waits, and what came in. */
import { keepPreviousData, useQuery } from '@tanstack/vue-query'
import { computed } from 'vue'
import { get } from '@/api/client'
import type { BatchRow, Figures, Page } from '@/api/types'
import { useSession } from '@/app/session'
import { isWorking } from '@/rooms/intake/states'

export interface TodoItem { code: 'batches_to_decide' | 'reviews_to_decide' | 'transfers_to_decide'; count: number; to: string }

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

/** What waits for this user, over all their areas. */
export function useTodo() {
  const session = useSession()
  const figures = useFigures(() => undefined)
  const waiting = useQuery({
    queryKey: ['batches', 'waiting'],
    queryFn: ({ signal }) => get<Page<BatchRow>>('/intake/batches', { state: 'mapping,matched', limit: 1 }, signal),
    enabled: () => session.may('intake.batch.upload'),
    refetchInterval: 60_000,
  })
  const items = computed<TodoItem[]>(() => {
    const all: TodoItem[] = [
      { code: 'batches_to_decide', count: waiting.data.value?.count?.value ?? 0, to: '/intake' },
      { code: 'reviews_to_decide', count: session.may('intake.batch.merge') ? (figures.data.value?.reviews_to_decide ?? 0) : 0, to: '/intake?state=in_review' },
      { code: 'transfers_to_decide', count: session.may('registry.transfer.decide') ? (figures.data.value?.transfers_to_decide ?? 0) : 0, to: '/transfers' },
    ]
    return all.filter((item) => item.count > 0)
  })
  return { items, total: computed(() => items.value.reduce((sum, item) => sum + item.count, 0)), loading: computed(() => figures.isLoading.value || waiting.isLoading.value) }
}
