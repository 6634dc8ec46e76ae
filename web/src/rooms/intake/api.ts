/** Calls of the intake room. */
import { useQuery } from '@tanstack/vue-query'
import { useI18n } from 'vue-i18n'
import { call, get } from '@/api/client'
import type { Batch, Comparison, Finding, MappingIn, Page, Pickup, Preview, Review, ReviewDecision, Source, Target } from '@/api/types'
import { isWorking } from './states'

export const POLL_MS = 1_000

/** `queuedAt`: when the batch last changed before a job was asked for; until it changes again, the job is awaited. */
export function useBatch(id: () => string, queuedAt: () => string | null) {
  return useQuery({
    queryKey: ['batch', id],
    queryFn: ({ signal }) => get<Batch>(`/intake/batches/${id()}`, undefined, signal),
    // An import under way is watched; one that rests is left alone.
    refetchInterval: (query) => {
      const batch = query.state.data
      return batch && (batch.working || isWorking(batch) || batch.changed_at === queuedAt()) ? POLL_MS : false
    },
  })
}
export const useSources = () => useQuery({ queryKey: ['sources'], queryFn: ({ signal }) => get<Source[]>('/intake/sources', undefined, signal), staleTime: 300_000 })
/** Labels come in the language asked for, so the language is part of the key. */
export function useTargets(kind: () => string) {
  const { locale } = useI18n()
  return useQuery({ queryKey: ['targets', locale, kind], queryFn: ({ signal }) => get<Target[]>('/intake/fields', { kind: kind() }, signal), staleTime: Infinity })
}
export const usePreview = (id: () => string) => useQuery({
  queryKey: ['preview', id],
  queryFn: ({ signal }) => get<Preview>(`/intake/batches/${id()}/preview`, undefined, signal),
  retry: false,
})
export const useReviews = (id: () => string, enabled: () => boolean) => useQuery({
  queryKey: ['reviews', id],
  queryFn: ({ signal }) => get<Page<Review>>(`/intake/batches/${id()}/reviews`, { limit: 50 }, signal),
  enabled,
})

export const TABLE_KINDS = ['people', 'entities', 'key-places', 'components', 'rentals', 'relations', 'tags', 'hotline-orders', 'closed-cases'] as const
/** Tables about people the base knows already. */
export const TIES = new Set(['relations', 'tags'])
/** Tables whose rows become cases. */
export const CASE_SHEETS = new Set(['hotline-orders', 'closed-cases'])
export const putKind = (key: string, id: string, kind: string) => call<Batch>('PUT', `/intake/batches/${id}/kind`, { body: { kind }, idempotencyKey: key })
export const putMapping = (key: string, id: string, mapping: MappingIn) => call<Batch>('PUT', `/intake/batches/${id}/mapping`, { body: mapping, idempotencyKey: key })
export const putSheets = (key: string, id: string, sheets: string[]) => call<Batch>('PUT', `/intake/batches/${id}/sheets`, { body: { sheets }, idempotencyKey: key })
export const step = (key: string, id: string, name: 'check' | 'merge' | 'cancel' | 'undo', body: Record<string, unknown> = {}) =>
  call<Batch>('POST', `/intake/batches/${id}/${name}`, { body, idempotencyKey: key })
export const findings = (id: string, query: Record<string, string | number | undefined>, signal: AbortSignal) =>
  get<Page<Finding>>(`/intake/batches/${id}/findings`, query, signal)
export const decide = (key: string, id: string, row: number, body: ReviewDecision) =>
  call('POST', `/intake/batches/${id}/reviews/${row}`, { body, idempotencyKey: key })
export const compareBatch = (key: string, id: string, earlier: string | null) =>
  call<Comparison>('POST', `/intake/batches/${id}/comparisons`, { body: { earlier }, idempotencyKey: key })
export const pickups = (query: Record<string, string | number | undefined>, signal: AbortSignal) => get<Page<Pickup>>('/intake/pickups', query, signal)
