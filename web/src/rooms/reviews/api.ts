/** Calls of the queue of waiting rows. */
import { call } from '@/api/client'

export const assign = (idempotencyKey: string, recordId: string, account: string | null) =>
  call('POST', `/intake/reviews/${recordId}/assign`, { body: { account_id: account }, idempotencyKey })
