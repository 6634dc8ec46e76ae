/** What is sent of a row: the values that were typed, and "there is none" where that was ticked. */
import type { Asked, AskedRow } from '@/api/types'

export interface Typed { values: Record<string, string>; none: string[] }
export const untouched = (): Typed => ({ values: {}, none: [] })
export const asksOf = (row: AskedRow): Asked[] => row.asked.filter((a) => a.need)

/** Only fields that are asked for go along; a field ticked as none goes as null whatever was typed before. */
export function answersOf(row: AskedRow, typed: Typed): Record<string, string | null> {
  const answers: Record<string, string | null> = {}
  for (const { field, need } of row.asked) {
    const value = (typed.values[field] ?? '').trim()
    if (need === 'blank' && typed.none.includes(field)) answers[field] = null
    else if (value) answers[field] = value
  }
  return answers
}
/** Whether anything was typed that would be lost. */
export const isTyped = (typed: Typed): boolean => typed.none.length > 0 || Object.values(typed.values).some((v) => v.trim())

/** What a row said, field by field. Numbers are masked, so the day tells too that there is another one. */
export type Said = Record<string, string>
export const saidBy = (row: AskedRow): Said => Object.fromEntries(row.asked.map((a) => [a.field, `${a.value ?? ''}|${a.dated ?? ''}`]))
/** What was typed, kept with what the row said then: after a reload that tells whether somebody was faster. */
export interface Kept { typed: Typed; version: number; said: Said }

export interface Clash { field: string; label: string; theirs: string; mine: string }
/** What the row says now of the fields somebody typed into, where it says something else than before. */
export function clashesOf(before: Said, now: AskedRow, typed: Typed): Clash[] {
  const said = saidBy(now)
  return now.asked.flatMap((a) => {
    const mine = (typed.values[a.field] ?? '').trim()
    return mine && a.field in before && before[a.field] !== said[a.field] ? [{ field: a.field, label: a.label, theirs: a.value ?? '', mine }] : []
  })
}
/** Fields with something typed of which nothing is asked any more: they stay in sight, for what is typed would be sent. */
export const heldBy = (row: AskedRow, typed: Typed): string[] => row.asked.filter((a) => !a.need && (typed.values[a.field] ?? '').trim()).map((a) => a.field)
