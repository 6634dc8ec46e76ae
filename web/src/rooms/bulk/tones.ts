/** How the outcomes of a bulk edit look. */
import type { BulkOutcome } from '@/api/types'
import type { Tone } from '@/components/StatusTag.vue'

export const TONES: Record<BulkOutcome, Tone> = { change: 'brand', same: 'idle', refused: 'warn', changed: 'ok', meanwhile: 'warn' }
