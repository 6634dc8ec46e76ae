/** A recode as it is put together on the page, before the server has looked at it. */
export const WAYS = ['rename', 'recode', 'merge', 'move'] as const
export type Way = (typeof WAYS)[number]

export interface Draft { way: Way; old: string; village: string; town: string; code: string; name: string; kind: string; on: string }
export const emptyDraft = (way: Way = 'rename'): Draft => ({ way, old: '', village: '', town: '', code: '', name: '', kind: '', on: '' })

/** What the server calls the kinds of areas; they are data, not words of the page. */
export const KINDS: Record<'town' | 'village', Record<string, string>> = {
  town: { street: '\u8857\u9053', town: '\u9547', township: '\u4e61' },
  village: { residents: '\u5c45\u59d4\u4f1a', villagers: '\u6751\u59d4\u4f1a' },
}

export const levelOf = (code: string): 'town' | 'village' => (code.length === 9 ? 'town' : 'village')

/** The code it gets: the same for a new name, that of the village it joins, the one that was typed otherwise. */
export function newCode(draft: Draft): string {
  if (draft.way === 'rename') return draft.old
  if (draft.way === 'merge') return draft.village
  return draft.code.trim()
}

/** Whether the draft says enough to be looked at by the server. */
export function complete(draft: Draft): boolean {
  if (!draft.old) return false
  if (draft.way === 'rename') return Boolean(draft.name.trim() || draft.kind)
  if (draft.way === 'merge') return Boolean(draft.village) && draft.village !== draft.old
  return draft.code.trim().length === draft.old.length && draft.code.trim() !== draft.old && /^\d+$/.test(draft.code.trim())
}

export function wishOf(draft: Draft): { old: string; new: string; name: string; kind: string; effective_on?: string } {
  return {
    old: draft.old, new: newCode(draft), name: draft.name.trim(), kind: KINDS[levelOf(draft.old)][draft.kind] ?? '',
    ...(draft.on ? { effective_on: draft.on } : {}),
  }
}

export interface EffectRow { name: string; label: string; count: number; open_work: boolean }
/** What goes along, summed over the areas it lies in. */
export function sums(effect: readonly EffectRow[]): EffectRow[] {
  const found = new Map<string, EffectRow>()
  for (const row of effect) {
    const there = found.get(row.name)
    found.set(row.name, { name: row.name, label: row.label, open_work: row.open_work, count: (there?.count ?? 0) + row.count })
  }
  return [...found.values()]
}
