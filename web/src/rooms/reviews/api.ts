/** Calls of the queue of waiting rows. */
import { call } from '@/api/client'
import type { PairDecided } from '@/api/types'

export const assign = (idempotencyKey: string, recordId: string, account: string | null) =>
  call('POST', `/intake/reviews/${recordId}/assign`, { body: { account_id: account }, idempotencyKey })

export const assignPair = (idempotencyKey: string, id: string, account: string | null) =>
  call('POST', `/registry/proposals/${id}/assign`, { body: { account_id: account }, idempotencyKey })

/** Versions are of the two as they were looked at. */
export interface PairDecision { decision: 'same' | 'apart'; reason: string; version: number; other_version: number }
export const decidePair = (idempotencyKey: string, id: string, body: PairDecision) =>
  call<PairDecided>('POST', `/registry/proposals/${id}/decide`, { body, idempotencyKey })
