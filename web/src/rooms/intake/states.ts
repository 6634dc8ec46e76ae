/** What each state of an import looks like, and whether it is still moving by itself. */
import type { BatchState } from '@/api/types'
import type { IconName } from '@/components/icons'
import type { Tone } from '@/components/StatusTag.vue'

export const STATES: Record<BatchState, { tone: Tone; icon: IconName }> = {
  uploaded: { tone: 'brand', icon: 'file' },
  reading: { tone: 'brand', icon: 'refresh' },
  checked: { tone: 'warn', icon: 'clock' },
  matched: { tone: 'warn', icon: 'clock' },
  in_review: { tone: 'warn', icon: 'eye' },
  merged: { tone: 'ok', icon: 'ok' },
  undone: { tone: 'idle', icon: 'undo' },
  failed: { tone: 'bad', icon: 'error' },
  cancelled: { tone: 'idle', icon: 'stop' },
}

const RESTING = new Set<BatchState>(['merged', 'undone', 'failed', 'cancelled'])
/** A batch works while a stage is under way and not all of it is done. */
export function isWorking(batch: { state: BatchState; progress: { stage: string | null; percent: number } | null }): boolean {
  if (batch.state === 'reading') return true
  if (RESTING.has(batch.state) || !batch.progress?.stage) return false
  return batch.progress.percent < 100
}
export const nameOf = (value: string | { name: string } | null | undefined): string =>
  !value ? '' : typeof value === 'string' ? value : value.name
