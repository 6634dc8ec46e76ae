/** Numbers grouped, dates as 2026-11-22 14:05 in China's time, whatever the machine's own zone is. */
import { useI18n } from 'vue-i18n'
import type { Count } from '@/api/types'

const ZONE = 'Asia/Shanghai'
// The Swedish form is ISO's, which is the one the console shows in both languages.
const minutes = new Intl.DateTimeFormat('sv-SE', {
  timeZone: ZONE, year: 'numeric', month: '2-digit', day: '2-digit', hour: '2-digit', minute: '2-digit',
})
const days = new Intl.DateTimeFormat('sv-SE', { timeZone: ZONE, year: 'numeric', month: '2-digit', day: '2-digit' })
const hours = new Intl.DateTimeFormat('en-GB', { timeZone: ZONE, hour: '2-digit', hourCycle: 'h23' })
const whole = new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 })

export const number = (value: number | null | undefined): string => (value == null ? '–' : whole.format(value))
export const percent = (share: number | null | undefined, digits = 1): string =>
  share == null ? '–' : `${(share * 100).toFixed(digits)}%`

export function dateTime(value: string | null | undefined): string {
  if (!value) return '–'
  const at = new Date(value)
  return Number.isNaN(at.getTime()) ? value : minutes.format(at)
}

/** The hour of the day in China, 0 to 23. */
export const hourOf = (at: Date): number => Number(hours.format(at))

/** A plain date stays as written; a moment becomes the day it falls on in China. */
export function date(value: string | null | undefined): string {
  if (!value) return '–'
  if (/^\d{4}(-\d{2}){0,2}$/.test(value)) return value
  const at = new Date(value)
  return Number.isNaN(at.getTime()) ? value : days.format(at)
}

export function bytes(value: number | null | undefined): string {
  if (value == null) return '–'
  if (value < 1024) return `${value} B`
  if (value < 1024 * 1024) return `${(value / 1024).toFixed(0)} KB`
  return `${(value / 1024 / 1024).toFixed(1)} MB`
}

/** Formats that need the language: counts that are not exact say so. */
export function useFormat() {
  const { t } = useI18n()
  const count = (c: Count | undefined): string => {
    if (!c) return '–'
    return c.exact ? number(c.value) : t('common.about', { n: number(c.value) })
  }
  /** How many there are in all, as a line under a title. */
  const total = (c: Count | undefined): string | undefined =>
    c ? t(c.exact ? 'common.inAll' : 'common.inAllAbout', { n: number(c.value) }) : undefined
  /** The same behind a range of rows. */
  const outOf = (c: Count): string => t(c.exact ? 'common.total' : 'common.totalAbout', { n: number(c.value) })
  return { total, outOf, number, percent, dateTime, date, bytes, count }
}
