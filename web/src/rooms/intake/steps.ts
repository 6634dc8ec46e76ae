/** The five steps of an import and how far a batch has come. */
import type { Batch } from '@/api/types'

export const STEPS = ['upload', 'columns', 'check', 'match', 'done'] as const
export type Step = (typeof STEPS)[number]

/** The furthest step there is something to see of. */
export function reachedStep(batch: Pick<Batch, 'state' | 'check_counts' | 'match_counts'>): Step {
  switch (batch.state) {
    case 'uploaded': case 'reading': case 'mapping': return 'columns'
    case 'checking': case 'checked': return 'check'
    case 'matched': case 'merging': return 'match'
    case 'in_review': case 'merged': case 'undoing': case 'undone': return 'done'
    default: return batch.match_counts ? 'match' : batch.check_counts ? 'check' : 'columns'
  }
}

/** Where the page opens: the findings come before the merge, which is only a step further. */
export function openingStep(batch: Pick<Batch, 'state' | 'check_counts' | 'match_counts' | 'findings'>): Step {
  const reached = reachedStep(batch)
  return reached === 'match' && batch.state === 'matched' && batch.findings.length ? 'check' : reached
}

/** Whether to say that this very file is in the base already: while that may still change what somebody does. */
export function tellsOfSame(batch: Pick<Batch, 'state' | 'check_counts' | 'match_counts' | 'same_as'>): boolean {
  return !!batch.same_as && reachedStep(batch) !== 'done'
}
