/** Calls of routing. A draft is the whole set of rules as wanted, by priority. */
import { useQuery } from '@tanstack/vue-query'
import { call, get } from '@/api/client'
import type { CaseRouting, Page, RoutedCase, RoutingChoices, RoutingDryRun, RoutingFile, RoutingRuleIn, RoutingRules } from '@/api/types'

export const useRoutingRules = () =>
  useQuery({ queryKey: ['case-routing'], queryFn: ({ signal }) => get<RoutingRules>('/case-routing/rules', undefined, signal), staleTime: 30_000 })
export const useRoutingChoices = (enabled: () => boolean) =>
  useQuery({ queryKey: ['case-routing-choices'], queryFn: ({ signal }) => get<RoutingChoices>('/case-routing/choices', undefined, signal), staleTime: 300_000, enabled })
/** How a case was routed; asked again once the case has moved on. */
export const useCaseRouting = (id: () => string, version: () => number) =>
  useQuery({ queryKey: ['case-routing-of', id, version], queryFn: ({ signal }) => get<CaseRouting>(`/cases/${id()}/routing`, undefined, signal), staleTime: 30_000 })

export interface DraftBody { rules: RoutingRuleIn[]; on: string | null }
export const tryDraft = (idempotencyKey: string, body: DraftBody) => call<RoutingDryRun>('POST', '/case-routing/dry-run', { body, idempotencyKey })
export const openFigure = (idempotencyKey: string, body: DraftBody & { before: string | null; after: string | null; cursor: string | null }) =>
  call<Page<RoutedCase>>('POST', '/case-routing/dry-run/cases', { body, idempotencyKey })
export const saveDraft = (idempotencyKey: string, body: { rules: RoutingRuleIn[]; stamp: string; reason: string }) =>
  call<RoutingRules>('PUT', '/case-routing/rules', { body, idempotencyKey })
export function readFile(idempotencyKey: string, file: File): Promise<RoutingFile> {
  const form = new FormData()
  form.append('file', file)
  return call<RoutingFile>('POST', '/case-routing/file', { form, idempotencyKey })
}
