/** Calls of the work calendar. */
import { useQuery } from '@tanstack/vue-query'
import { get } from '@/api/client'
import type { CalendarYear } from '@/api/types'

export const useYear = (year: () => number) =>
  useQuery({ queryKey: ['calendar', year], queryFn: ({ signal }) => get<CalendarYear>(`/calendar/years/${year()}`, undefined, signal) })
