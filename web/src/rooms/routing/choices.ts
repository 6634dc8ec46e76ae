/** What a rule may be about: majors and categories as one list to choose from. */
import type { RoutingCategory } from '@/api/types'

export const KINDS = ['component', 'matter', 'local'] as const
export const TARGETS = ['unit', 'town', 'village'] as const
export const MARKS = ['official', 'secondary', 'local', 'inferred'] as const
const MOST = 60

export interface CategoryOption { code: string; label: string }

export const standards = (categories: readonly RoutingCategory[]): string[] => [...new Set(categories.map((c) => c.standard_ref))].sort()

/** Majors first, then categories; what several kinds have under one code stands once, with each name. */
export function categoryOptions(categories: readonly RoutingCategory[], kind: string, standard: string): CategoryOption[] {
  const majors = new Map<string, Set<string>>()
  const found = new Map<string, Set<string>>()
  for (const c of categories) {
    if ((kind && c.kind !== kind) || (standard && c.standard_ref !== standard)) continue
    const major = c.code.slice(0, 2)
    majors.set(major, (majors.get(major) ?? new Set()).add(c.major_name))
    found.set(c.code, (found.get(c.code) ?? new Set()).add(c.name))
  }
  const list = (from: Map<string, Set<string>>) => [...from].sort(([a], [b]) => (a < b ? -1 : 1)).map(([code, names]) => ({ code, label: `${code} ${[...names].join(' / ')}` }))
  return [...list(majors), ...list(found)]
}

/** Those that answer to what was typed, and the one chosen; never more than can be looked through. */
export function matching(options: readonly CategoryOption[], words: string, chosen: string): CategoryOption[] {
  const asked = words.trim()
  const found = options.filter((o) => !asked || o.code.startsWith(asked) || o.label.includes(asked)).slice(0, MOST)
  if (!chosen || found.some((o) => o.code === chosen)) return found
  return [options.find((o) => o.code === chosen) ?? { code: chosen, label: chosen }, ...found]
}
