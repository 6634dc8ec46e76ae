/** States of a delivery, and how each is coloured. */
import type { MessageDelivery } from '@/api/types'
import type { Tone } from '@/components/StatusTag.vue'

export const STATES: MessageDelivery['state'][] = ['waiting', 'sending', 'sent', 'failed', 'unsure', 'dropped']
export function toneOf(state: MessageDelivery['state']): Tone {
  return ({ waiting: 'brand', sending: 'brand', sent: 'ok', failed: 'bad', unsure: 'warn', dropped: 'idle' } as const)[state]
}
