/** How states of returns and their due days look, everywhere alike. */
import type { Return } from '@/api/types'
import type { Tone } from '@/components/StatusTag.vue'

export const STATES = ['draft', 'submitted', 'accepted', 'returned'] as const
export const toneOf: Record<Return['state'], Tone> = { draft: 'idle', submitted: 'brand', accepted: 'ok', returned: 'bad' }
export const timingTone: Record<Return['timing'], Tone> = { done: 'ok', in_time: 'ok', soon: 'warn', overdue: 'bad' }
