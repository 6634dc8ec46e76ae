/** Keyset paging: the server names the next page by a cursor; the way back is the stack of cursors walked. */
import { keepPreviousData, useQuery } from '@tanstack/vue-query'
import { computed, ref, watch } from 'vue'
import type { Page } from '@/api/types'

export const PAGE_SIZE = 50

export function usePaged<T>(
  name: string,
  parameters: () => Record<string, unknown>,
  fetchPage: (query: Record<string, unknown>, signal: AbortSignal) => Promise<Page<T>>,
  options: { limit?: number; refetchInterval?: (items: readonly T[]) => number | false } = {},
) {
  const limit = options.limit ?? PAGE_SIZE
  const walked = ref<string[]>([])
  const cursor = computed(() => walked.value[walked.value.length - 1])
  // At once, so that no request pairs the new filters with a cursor of the old ones.
  watch(() => JSON.stringify(parameters()), () => { walked.value = [] }, { flush: 'sync' })

  const query = useQuery({
    queryKey: [name, parameters, cursor],
    queryFn: ({ signal }) => fetchPage({ ...parameters(), cursor: cursor.value, limit }, signal),
    placeholderData: keepPreviousData,
    refetchInterval: (q) => options.refetchInterval?.(q.state.data?.items ?? []) ?? false,
  })
  const items = computed(() => query.data.value?.items ?? [])
  const first = computed(() => walked.value.length * limit + 1)

  return {
    query,
    items,
    count: computed(() => query.data.value?.count ?? undefined),
    understoodAs: computed(() => query.data.value?.understood_as ?? null),
    range: computed(() => ({ from: items.value.length ? first.value : 0, to: first.value + items.value.length - 1 })),
    hasNext: computed(() => Boolean(query.data.value?.next)),
    hasPrevious: computed(() => walked.value.length > 0),
    next: () => { const n = query.data.value?.next; if (n) walked.value = [...walked.value, n] },
    previous: () => { walked.value = walked.value.slice(0, -1) },
  }
}
export type Paged<T> = ReturnType<typeof usePaged<T>>
