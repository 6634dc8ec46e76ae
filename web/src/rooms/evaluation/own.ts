/** What the page of one's own work asks: the reader's month. No account is named, here or anywhere. */
import { keepPreviousData, useQuery } from '@tanstack/vue-query'
import { get } from '@/api/client'
import type { components } from '@/api/schema'
import { useSession } from '@/app/session'

export const useOwnWork = (month: () => number) => useQuery({
  queryKey: ['evaluation', 'own', month],
  queryFn: ({ signal }) => get<components['schemas']['OwnMonthOut']>('/case-evaluation/own', { month: month() }, signal),
  placeholderData: keepPreviousData,
  staleTime: 60_000,
  enabled: () => useSession().may('cases.case.dispatch', 'cases.case.handle', 'cases.case.check'),
})
