/** Calls of the room of cases. */
import { keepPreviousData, useQuery } from '@tanstack/vue-query'
import { call, get } from '@/api/client'
import type { Case, CaseChecker, CaseQueue, CaseStep, CaseUnit, CategoryChoice, ReportedCase, RuleChoice } from '@/api/types'

export interface Step {
  version: number; reason?: string; result?: string; category_id?: string | null; rule_id?: string | null
  limit_value?: number | null; clock?: string | null; unit_id?: string | null; until?: string | null
  responded?: boolean | null; solved?: boolean | null; satisfied?: boolean | null; amount?: number | null
  assignee_id?: string | null; task_due?: string | null; photo_wanted?: boolean | null; procedure?: string; level?: string; channel?: string; body?: string; document?: string
}
/** A round that is over: what it came to, when and why the case was taken up again. */
export type EarlierRound = NonNullable<CaseStep['round']> & { serial: number; ended_at: string; ended_for: string }
export type RoundStep = CaseStep & { in_round?: number }
export type CaseOfPage = Case & { in_round?: number; earlier_rounds?: EarlierRound[]; restricted_label?: string }
export const reportCase = (idempotencyKey: string, body: Record<string, unknown>) => call<ReportedCase>('POST', '/cases', { body, idempotencyKey })
export const takeStep = (idempotencyKey: string, id: string, action: string, body: Step) => call<Case>('POST', `/cases/${id}/actions/${action}`, { body, idempotencyKey })
export const revealReporter = (idempotencyKey: string, id: string, field: string, purpose: string) =>
  call<{ value: string }>('POST', `/cases/${id}/reveal`, { body: { field, purpose }, idempotencyKey })

export const useQueues = (area: () => string | undefined) =>
  useQuery({ queryKey: ['case-queues', area], queryFn: ({ signal }) => get<CaseQueue[]>('/cases/queues', { area: area() }, signal), refetchInterval: 30_000 })
export const useCategories = (words: () => string) =>
  useQuery({ queryKey: ['case-categories', words], queryFn: ({ signal }) => get<CategoryChoice[]>('/cases/categories', { q: words() }, signal), staleTime: 60_000, placeholderData: keepPreviousData })
/** The whole directory, to filter lists by. */
export const useDirectory = (enabled: () => boolean) =>
  useQuery({ queryKey: ['case-directory'], queryFn: ({ signal }) => get<CategoryChoice[]>('/cases/categories', { limit: 1000 }, signal), staleTime: 600_000, enabled })
export const useRules = (category: () => string) =>
  useQuery({ queryKey: ['case-rules', category], queryFn: ({ signal }) => get<RuleChoice[]>(`/cases/categories/${category()}/rules`, undefined, signal), enabled: () => Boolean(category()), staleTime: 60_000 })
export const useCheckers = (id: () => string, enabled: () => boolean) =>
  useQuery({ queryKey: ['case-checkers', id], queryFn: ({ signal }) => get<CaseChecker[]>(`/cases/${id()}/checkers`, undefined, signal), enabled, staleTime: 60_000 })
export const useUnits = (enabled: () => boolean) =>
  useQuery({ queryKey: ['case-units'], queryFn: ({ signal }) => get<CaseUnit[]>('/cases/units', undefined, signal), enabled, staleTime: 60_000 })
