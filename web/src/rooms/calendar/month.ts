/** A month of a calendar as weeks, and what each of its days is. Pure. */
import type { CalendarDay } from '@/api/types'

export type DaySort = 'plain' | 'weekend' | 'holiday' | 'workday'
export interface Cell { iso: string; number: number; sort: DaySort; mark: CalendarDay | undefined }

const two = (n: number): string => String(n).padStart(2, '0')

/** The weeks of a month, Monday first; null before its first day and after its last. */
export function weeksOf(year: number, month: number, marks: ReadonlyMap<string, CalendarDay>): (Cell | null)[][] {
  const days = new Date(Date.UTC(year, month, 0)).getUTCDate()
  const lead = (new Date(Date.UTC(year, month - 1, 1)).getUTCDay() + 6) % 7
  const cells: (Cell | null)[] = Array.from({ length: lead }, () => null)
  for (let number = 1; number <= days; number++) {
    const iso = `${year}-${two(month)}-${two(number)}`
    const mark = marks.get(iso)
    cells.push({ iso, number, mark, sort: mark?.kind ?? (cells.length % 7 >= 5 ? 'weekend' : 'plain') })
  }
  while (cells.length % 7) cells.push(null)
  return Array.from({ length: cells.length / 7 }, (_, week) => cells.slice(week * 7, week * 7 + 7))
}
