/** What the directory's page shares: its queries, and what one category may be. */
import { useQuery } from '@tanstack/vue-query'
import { computed, type Ref } from 'vue'
import { get } from '@/api/client'
import type { Categories, CategoryDetail } from '@/api/types'

export const TOUCHED = ['case-categories', 'case-category']
export const KINDS = ['component', 'matter', 'local'] as const
export const PROCEDURES = ['standard', 'quick', 'resident_request', 'mediation', 'hazard', 'alarm', 'proposal'] as const
export const MARKS = ['official', 'secondary', 'local', 'inferred'] as const
export const CLOCKS = ['urgent_hour', 'work_hour', 'work_day', 'natural_day'] as const
export const TARGETS = ['handle', 'first_visit', 'stop'] as const
export const READERS = ['public_security', 'discipline'] as const

/** The whole directory of today, closed categories too where asked for: a reference list, looked through in the page. */
export const useCategories = (all: Ref<boolean>) => useQuery({
  queryKey: ['case-categories', all],
  queryFn: ({ signal }) => get<Categories>('/case-categories', { state: all.value ? 'all' : 'held' }, signal),
  staleTime: 60_000,
})
export const useCategory = (id: Ref<string>) => useQuery({
  queryKey: ['case-category', id],
  queryFn: ({ signal }) => get<CategoryDetail>(`/case-categories/${id.value}`, undefined, signal),
  enabled: computed(() => id.value !== ''),
})
