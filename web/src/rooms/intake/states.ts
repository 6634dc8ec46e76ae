/** What each state of an import looks like, and whether it is still moving by itself. */
import type { BatchRow, BatchState } from '@/api/types'
import type { IconName } from '@/components/icons'
import type { Tone } from '@/components/StatusTag.vue'

interface Look { tone: Tone; icon: IconName }
const STATES: Record<BatchState, Look> = {
  uploaded: { tone: 'brand', icon: 'file' },
  reading: { tone: 'brand', icon: 'refresh' },
  mapping: { tone: 'warn', icon: 'columns' },
  checking: { tone: 'brand', icon: 'refresh' },
  checked: { tone: 'brand', icon: 'refresh' },
  matched: { tone: 'warn', icon: 'clock' },
  merging: { tone: 'brand', icon: 'refresh' },
  in_review: { tone: 'warn', icon: 'eye' },
  merged: { tone: 'ok', icon: 'ok' },
  undoing: { tone: 'brand', icon: 'refresh' },
  undone: { tone: 'idle', icon: 'undo' },
  failed: { tone: 'bad', icon: 'error' },
  cancelled: { tone: 'idle', icon: 'stop' },
}
export const lookOf = (state: string): Look => STATES[state as BatchState] ?? { tone: 'idle', icon: 'info' }

const WORKING = new Set<string>(['uploaded', 'reading', 'checking', 'checked', 'merging', 'undoing'] satisfies BatchState[])
/** A job is under way, so the page asks again soon. */
export const isWorking = (batch: Pick<BatchRow, 'state'>): boolean => WORKING.has(batch.state)

/** A whole number out of the counts of a batch; they are kept as JSON. */
export function countOf(counts: Record<string, unknown> | null | undefined, key: string): number {
  const value = counts?.[key]
  return typeof value === 'number' ? value : 0
}
