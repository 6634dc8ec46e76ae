import { describe, expect, it } from 'vitest'
import type { CalendarDay } from '@/api/types'
import { weeksOf } from '@/rooms/calendar/month'

const mark = (day: string, kind: 'holiday' | 'workday'): [string, CalendarDay] => [day, { day, kind, name: '春节', source: '', certainty: 'official', marked: true }]

describe('a month as weeks', () => {
  it('begins on Monday and holds every day once, in order', () => {
    for (let month = 1; month <= 12; month++) {
      const weeks = weeksOf(2028, month, new Map())
      expect(weeks.every((week) => week.length === 7)).toBe(true)
      const days = weeks.flat().filter((cell) => cell !== null)
      expect(days.map((cell) => cell.number)).toEqual(Array.from({ length: new Date(2028, month, 0).getDate() }, (_, i) => i + 1))
      for (const week of weeks) week.forEach((cell, i) => { if (cell) expect((new Date(`${cell.iso}T00:00:00Z`).getUTCDay() + 6) % 7, cell.iso).toBe(i) })
    }
  })

  it('takes a mark before the weekday, and a weekend for what it is', () => {
    const cells = weeksOf(2026, 2, new Map([mark('2026-02-14', 'workday'), mark('2026-02-16', 'holiday')])).flat()
    const sort = (iso: string) => cells.find((cell) => cell?.iso === iso)?.sort
    expect(['2026-02-13', '2026-02-14', '2026-02-16', '2026-02-28'].map(sort)).toEqual(['plain', 'workday', 'holiday', 'weekend'])
  })
})
