/** A draft of the rules that was not saved yet, kept for its account while the tab is open: leaving the page or a reload does not cost it. */
import { dropTyped, keepTyped, takeTyped } from '@/app/typed'
import type { DraftRule } from './draft'

export interface KeptDraft { rules: DraftRule[]; begun: string; on: string; reason: string }
const SUBJECT = 'case-routing'

export function keepDraft(account: string, draft: KeptDraft | null): void {
  if (draft) keepTyped(account, SUBJECT, draft)
  else dropTyped(account, SUBJECT)
}

/** The draft that was left, with keys that no rule added from now on gets as well; none where there is none, or what is kept is no draft. */
export function leftDraft(account: string): KeptDraft | null {
  const kept = takeTyped<KeptDraft>(account, SUBJECT)
  if (!kept || !Array.isArray(kept.rules)) return null
  return { ...kept, rules: kept.rules.map((rule) => (rule.id ? rule : { ...rule, key: `kept-${rule.key}` })) }
}
