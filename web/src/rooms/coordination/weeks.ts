/** Days and weeks of tasks, as `2026-11-27`; weeks begin on Monday. */
const DAY = 86_400_000

const at = (day: string): number => Date.parse(`${day}T00:00:00Z`)
const say = (time: number): string => new Date(time).toISOString().slice(0, 10)

export const plusDays = (day: string, days: number): string => say(at(day) + days * DAY)
/** The Monday of the week a day lies in. */
export const mondayOf = (day: string): string => say(at(day) - ((new Date(at(day)).getUTCDay() + 6) % 7) * DAY)
/** The Mondays from the week of one day to that of another, at most `most`. */
export function mondays(from: string, to: string, most = 60): string[] {
  const found: string[] = []
  for (let week = mondayOf(from); week <= to && found.length < most; week = plusDays(week, 7)) found.push(week)
  return found
}
/** Which share of the time between two days a day lies at, 0 to 100. */
export function shareOf(day: string, from: string, to: string): number {
  const whole = at(to) - at(from)
  return whole <= 0 ? 0 : Math.min(100, Math.max(0, ((at(day) - at(from)) / whole) * 100))
}
/** Today where the district is. */
export const today = (): string => new Intl.DateTimeFormat('en-CA', { timeZone: 'Asia/Shanghai', year: 'numeric', month: '2-digit', day: '2-digit' }).format(new Date())
