/** What a change-log entry holds besides its action, in words: labelled, grouped, and of two states only what differs. */
import { useI18n } from 'vue-i18n'
import { bytes, date, number } from '@/app/format'

const ID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/
const DAY = /^\d{4}-\d{2}-\d{2}(T.*)?$/
/** More of a list than this says less. */
const LISTED = 8

type Values = Record<string, unknown>
const isValues = (value: unknown): value is Values => typeof value === 'object' && value !== null && !Array.isArray(value)
const same = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b)

export function useDetail() {
  const { t, te } = useI18n()
  const worded = (key: string, fallback: string): string => (te(key) ? t(key) : fallback)
  const label = (key: string): string => worded(`access.change.key.${key}`, key)

  function one(key: string, value: unknown): string {
    if (value === null || value === undefined || value === '') return t('people.blank')
    if (typeof value === 'boolean') return t(value ? 'common.yes' : 'common.no')
    if (typeof value === 'number') return key === 'bytes' ? bytes(value) : number(value)
    if (Array.isArray(value)) {
      const words = value.slice(0, LISTED).map((v) => one(key, v)).join(t('common.join'))
      return value.length > LISTED ? t('access.change.more', { words, n: number(value.length) }) : words
    }
    if (typeof value === 'object') return Object.entries(value).map(([k, v]) => said(k, v)).join(t('common.join'))
    const text = String(value)
    if (key === 'fields') return worded(`people.field.${text}`, text)
    if (key === 'kind') return worded(`access.unit.kind.${text}`, text)
    if (key === 'source') return worded(`access.change.source.${text}`, text)
    if (key === 'choice') return worded(`access.change.choice.${text}`, text)
    if (ID.test(text)) return `${text.slice(0, 8)}…`
    return DAY.test(text) ? date(text) : text
  }
  const said = (key: string, value: unknown): string => t('access.change.said', { key: label(key), value: one(key, value) })
  const turned = (key: string, before: unknown, after: unknown): string =>
    t('access.change.said', { key: label(key), value: `${one(key, before)} → ${one(key, after)}` })

  return (detail: Values): string => {
    const { before, after, ...rest } = detail
    const parts: string[] = []
    if (isValues(before) && isValues(after)) {
      for (const key of new Set([...Object.keys(before), ...Object.keys(after)])) {
        if (!same(before[key], after[key])) parts.push(turned(key, before[key], after[key]))
      }
    } else if ('before' in detail || 'after' in detail) parts.push(turned('name', before, after))
    for (const [key, value] of Object.entries(rest)) if (value !== null && value !== '') parts.push(said(key, value))
    return parts.join(' · ')
  }
}
