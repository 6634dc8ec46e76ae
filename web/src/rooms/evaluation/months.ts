/** Months as the figures name them (202611), as a picker writes them (2026-11), and the line of a ratio over them. */
import type { TrendPoint } from './api'

export const GROUPS = {
  handling: ['closing', 'closing_on_time', 'handling_on_time', 'rework'],
  intake: ['valid_report', 'missed_report', 'public_report', 'filing_on_time', 'filing_right'],
  dispatch: ['dispatch_on_time', 'dispatch_right', 'verify_send_on_time', 'verify_on_time', 'check_send_on_time', 'check_on_time'],
  said: ['response', 'solution', 'satisfaction'],
} as const
export type Group = keyof typeof GROUPS
export const GROUP_NAMES = Object.keys(GROUPS) as Group[]

export const written = (month: number): string => `${Math.floor(month / 100)}-${String(month % 100).padStart(2, '0')}`

/** The month that is written, or the one `fallback` lies in where none is. */
export function monthOf(text: string, fallback: Date): number {
  const found = /^(\d{4})-(\d{2})$/.exec(text)
  const month = Number(found?.[2])
  if (found && month >= 1 && month <= 12) return Number(found[1]) * 100 + month
  const parts = new Intl.DateTimeFormat('en-CA', { timeZone: 'Asia/Shanghai', year: 'numeric', month: '2-digit' }).format(fallback)
  return Number(parts.replace('-', ''))
}

/** Where the points of a line stand: months evenly across, shares from 0 to 1 upwards; broken where a month has none. */
export function pieces(points: readonly TrendPoint[], width: number, height: number): string[][] {
  const step = width / Math.max(1, points.length - 1)
  const lines: string[][] = []
  let open = false
  points.forEach((point, nth) => {
    if (point.value === null) { open = false; return }
    if (!open) lines.push([])
    open = true
    lines[lines.length - 1]?.push(`${(nth * step).toFixed(1)},${((1 - point.value) * height).toFixed(1)}`)
  })
  return lines.map((line) => (line.length === 1 && line[0] ? [line[0], line[0]] : line))
}

/** The list of exactly the cases behind a figure. */
export function casesBehind(month: number, figure: string, of: { area?: string | undefined; unit?: string | undefined }): string {
  const query = new URLSearchParams({ figure: `${month}:${figure}` })
  if (of.area) query.set('area', of.area)
  if (of.unit) query.set('unit', of.unit)
  return `/cases?${query.toString()}`
}
