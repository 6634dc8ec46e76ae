/** What somebody has typed into the table of priorities, against what holds. */
import type { RuleIn, SourceRules } from '@/api/types'

export const GENERAL = '*'
/** By field and source; '' stands for no exception. */
export type Typed = Record<string, string>
export const cellKey = (field: string, source: string) => `${field}/${source}`

/** What stands in a cell now. */
export function held(rules: SourceRules, field: string, source: string): string {
  if (field === GENERAL) return String(rules.sources.find((s) => s.code === source)?.priority ?? '')
  const own = rules.fields.find((f) => f.name === field)?.exceptions[source]
  return own === undefined ? '' : String(own)
}

export const readable = (text: string): boolean => text === '' || (/^\d{1,2}$/.test(text) && Number(text) >= 1)

/** The rules that differ from what holds; cells that cannot be read are left out. */
export function edited(rules: SourceRules, typed: Typed): RuleIn[] {
  return Object.entries(typed).flatMap(([key, text]) => {
    const [field = '', source = ''] = key.split('/')
    const tidy = text.trim()
    if (tidy === held(rules, field, source) || !readable(tidy) || (field === GENERAL && tidy === '')) return []
    return [{ field, source, priority: tidy === '' ? null : Number(tidy) }]
  })
}
