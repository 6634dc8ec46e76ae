/** The five steps of an import and how far a batch has come. */
import type { Batch } from '@/api/types'

export const STEPS = ['upload', 'columns', 'check', 'match', 'done'] as const
export type Step = (typeof STEPS)[number]

export function reachedStep(batch: Batch): Step {
  switch (batch.state) {
    case 'uploaded': return 'columns'
    case 'reading': return 'check'
    case 'checked': return 'check'
    case 'matched':
    case 'in_review': return 'match'
    case 'merged':
    case 'undone': return 'done'
    default: return batch.match ? 'match' : batch.counts ? 'check' : 'columns'
  }
}
