/** Saved filters of a list: asked once, applied to the filters that stand in the address. */
import { useQuery } from '@tanstack/vue-query'
import { get } from '@/api/client'
import type { Items, SavedFilter } from '@/api/types'
import type { FiltersOfList } from './filters'

export function useSavedFilters(list: string) {
  return useQuery({
    queryKey: ['saved-filters', list],
    queryFn: ({ signal }) => get<Items<SavedFilter>>('/saved-filters', { list }, signal),
    staleTime: 300_000,
  })
}

/** What is set now and may be kept: never the words, and only filters this list has. */
export const chosenOf = (filters: FiltersOfList): Record<string, string> =>
  Object.fromEntries(Object.entries(filters.values).filter(([key, value]) => value && key !== 'account' && key !== 'person' && key !== 'area'))

/** Puts a saved filter in place of what is set; what it kept for filters the list no longer has is left out. */
export function applyTo(filters: FiltersOfList, saved: Pick<SavedFilter, 'values'>): void {
  filters.clear()
  for (const [key, value] of Object.entries(saved.values)) if (key in filters.values) filters.values[key] = value
}

export const sameValues = (a: Record<string, string>, b: Record<string, string>): boolean =>
  Object.keys(a).length === Object.keys(b).length && Object.entries(a).every(([key, value]) => b[key] === value)
