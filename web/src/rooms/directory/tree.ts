/** The directory as a tree of kinds and majors, and looking through it by code, name or initials. */
import type { CategoryRow } from '@/api/types'
import { KINDS } from './api'

export interface Major { key: string; code: string; name: string; standard: string; items: CategoryRow[] }
export interface Branch { kind: CategoryRow['kind']; label: string; majors: Major[]; count: number }

/** Whether a category answers to what was typed: the beginning of its code or initials, or a part of its name or major's. */
export function answers(category: CategoryRow, typed: string): boolean {
  const words = typed.trim().toLowerCase()
  return !words || category.code.startsWith(words) || category.initials.startsWith(words)
    || category.name.toLowerCase().includes(words) || category.major_name.toLowerCase().includes(words)
}

/** Kinds in their order, in each the majors by code; majors of different standards stay apart, as their codes repeat. */
export function treeOf(categories: readonly CategoryRow[]): Branch[] {
  return KINDS.flatMap((kind) => {
    const items = categories.filter((c) => c.kind === kind)
    if (!items.length) return []
    const majors = new Map<string, Major>()
    for (const c of items) {
      const key = `${kind}/${c.standard_ref}/${c.major}`
      const major = majors.get(key) ?? { key, code: c.major, name: c.major_name, standard: c.standard_ref, items: [] }
      major.items.push(c)
      majors.set(key, major)
    }
    const sorted = [...majors.values()].sort((a, b) => Number(b.items.some((c) => c.offered)) - Number(a.items.some((c) => c.offered)) || a.code.localeCompare(b.code) || a.standard.localeCompare(b.standard))
    return [{ kind, label: items[0]?.kind_label ?? '', majors: sorted, count: items.length }]
  })
}
