/** A draft of the rules in the page: what was changed of them, and the shape they are sent in. */
import type { RoutingRule, RoutingRuleIn } from '@/api/types'

/** A rule in the draft. `was`: its place among the rules that hold; 0 for a new one. `key` names it in the page. */
export interface DraftRule extends RoutingRule { key: string; was: number }

let serial = 0
export const newKeyOf = (): string => `new-${(serial += 1)}`

const SENT = ['id', 'standard_ref', 'kind', 'code', 'area_code', 'ownership', 'target', 'unit_id', 'basis', 'certainty', 'valid_from', 'valid_until'] as const

export const toDraft = (rules: readonly RoutingRule[]): DraftRule[] => rules.map((r) => ({ ...r, key: r.id ?? newKeyOf(), was: r.position }))

/** A draft out of a file: what has the reach of a rule that holds is that one. */
export function fromFile(read: readonly RoutingRule[], held: readonly RoutingRule[]): DraftRule[] {
  const was = new Map(held.map((r) => [r.id, r]))
  return read.map((r) => {
    const old = r.id ? was.get(r.id) : undefined
    return { ...r, key: r.id ?? newKeyOf(), was: old?.position ?? 0, version: old?.version ?? 0 }
  })
}

export const sent = (rules: readonly DraftRule[]): RoutingRuleIn[] => rules.map((r) => Object.fromEntries(SENT.map((name) => [name, r[name]])) as unknown as RoutingRuleIn)

export const isChanged = (rule: DraftRule, old: RoutingRule | undefined): boolean => old !== undefined && SENT.some((name) => (rule[name] ?? '') !== (old[name] ?? ''))

export interface Changes { added: number; changed: number; moved: number; ended: number }

/** The rules that stand in another order among those that stay; that others went or came moves nobody. By their keys. */
export function reordered(draft: readonly DraftRule[]): Set<string> {
  const stays = draft.filter((r) => r.was > 0)
  const before = [...stays].sort((a, b) => a.was - b.was)
  return new Set(stays.filter((r, at) => before[at]?.key !== r.key).map((r) => r.key))
}

/** What a draft changes of the rules that hold. */
export function changesOf(draft: readonly DraftRule[], held: readonly RoutingRule[]): Changes {
  const old = new Map(held.map((r) => [r.id, r]))
  const found = { added: 0, changed: 0, moved: 0, ended: 0 }
  const elsewhere = reordered(draft)
  for (const rule of draft) {
    const before = rule.id ? old.get(rule.id) : undefined
    if (!before) found.added += 1
    else if (isChanged(rule, before)) found.changed += 1
    else if (elsewhere.has(rule.key)) found.moved += 1
  }
  const kept = new Set(draft.map((r) => r.id))
  found.ended = held.filter((r) => !kept.has(r.id)).length
  return found
}

/** A rule moved one place up (-1) or down (1); the same rules where it cannot go further. */
export function moved<T>(rules: readonly T[], at: number, by: -1 | 1): T[] {
  const to = at + by
  if (to < 0 || to >= rules.length) return [...rules]
  const next = [...rules]
  const [one] = next.splice(at, 1)
  if (one !== undefined) next.splice(to, 0, one)
  return next
}
