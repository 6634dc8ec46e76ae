/** A list of work on cases: which of its two views is looked at, its filters in the address, and its pages. */
import { computed, type ComputedRef } from 'vue'
import { get, type QueryValue } from '@/api/client'
import type { Page } from '@/api/types'
import { useArea } from '@/app/area'
import { useFilters } from '@/app/filters'
import { usePaged, type Paged } from '@/app/paging'

export interface WorkList<T> {
  /** What waits for the reader, which is the first of the views, or everything. */
  view: ComputedRef<string>
  show: (view: string) => void
  paged: Paged<T>
  /** How many filters are set. Which view one looks at is none of them: it has its own place, and clearing leaves it. */
  active: ComputedRef<number>
  clear: () => void
}

/**
 * `first` is the view that opens without a word in the address; `parameters` are what the filters ask of the server,
 * beside view and area. Looked at anew each minute.
 */
export function useWorkList<T, K extends string>(
  name: string,
  path: string,
  first: string,
  keys: readonly K[],
  parameters: (values: Record<K, string>, view: string) => Record<string, QueryValue>,
): WorkList<T> & { values: Record<K, string> } {
  const { chosen: area } = useArea()
  const filters = useFilters<K | 'view'>(['view', ...keys])
  const values = filters.values as Record<K | 'view', string>
  const view = computed(() => values.view || first)
  const show = (next: string) => { values.view = next === first ? '' : next }
  const paged = usePaged<T>(name, () => ({ view: view.value, area: area.value, ...parameters(values, view.value) }),
    (query, signal) => get<Page<T>>(path, query as Record<string, QueryValue>, signal), { refetchInterval: () => 60_000 })
  const active = computed(() => keys.filter((key) => values[key]).length)
  const clear = () => { for (const key of keys) values[key] = '' as Record<K | 'view', string>[K] }
  return { view, show, paged, active, clear, values }
}
