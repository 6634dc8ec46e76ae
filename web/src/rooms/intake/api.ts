/** Calls of the intake room. */
import { useQuery } from '@tanstack/vue-query'
import { call, get } from '@/api/client'
import type { Batch, FieldSpec, Finding, Items, Mapping, Page, Preview, Review, Source } from '@/api/types'
import { isWorking } from './states'

export const POLL_MS = 1_000

export function useBatch(id: () => string) {
  return useQuery({
    queryKey: ['batch', id],
    queryFn: ({ signal }) => get<Batch>(`/intake/batches/${id()}`, undefined, signal),
    // An import under way is watched; one that rests is left alone.
    refetchInterval: (query) => (query.state.data && isWorking(query.state.data) ? POLL_MS : false),
  })
}
export const useSources = () => useQuery({ queryKey: ['sources'], queryFn: ({ signal }) => get<Items<Source>>('/intake/sources', undefined, signal), staleTime: 300_000 })
export const useFields = () => useQuery({ queryKey: ['intake-fields'], queryFn: ({ signal }) => get<Items<FieldSpec>>('/intake/fields', undefined, signal), staleTime: Infinity })
export const usePreview = (id: () => string, sheet: () => string | undefined) => useQuery({
  queryKey: ['preview', id, sheet],
  queryFn: ({ signal }) => get<Preview>(`/intake/batches/${id()}/preview`, { sheet: sheet() }, signal),
  staleTime: Infinity,
  retry: false,
})
export const useReviews = (id: () => string, enabled: () => boolean) => useQuery({
  queryKey: ['reviews', id],
  queryFn: ({ signal }) => get<Items<Review>>(`/intake/batches/${id()}/reviews`, undefined, signal),
  enabled,
})

export const putMapping = (key: string, id: string, mapping: Mapping) => call<Batch>('PUT', `/intake/batches/${id}/mapping`, { body: mapping, idempotencyKey: key })
export const step = (key: string, id: string, name: 'check' | 'merge' | 'cancel' | 'undo', body: Record<string, unknown> = {}) =>
  call<Batch>('POST', `/intake/batches/${id}/${name}`, { body, idempotencyKey: key })
export const findings = (id: string, query: Record<string, string | number | undefined>, signal: AbortSignal) =>
  get<Page<Finding>>(`/intake/batches/${id}/findings`, query, signal)
export const decide = (key: string, id: string, row: number, body: { decision: 'person' | 'new' | 'skip'; person_id?: string }) =>
  call('POST', `/intake/batches/${id}/reviews/${row}`, { body, idempotencyKey: key })
