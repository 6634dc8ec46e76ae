/** How a case's clock stands at a moment, in the words and colours that mean the same everywhere. */
import { onBeforeUnmount, onMounted, ref, type Ref } from 'vue'
import type { IconName } from '@/components/icons'
import type { Tone } from '@/components/StatusTag.vue'

export interface Clocked { clock_from?: string | null; amber_at?: string | null; due_at?: string | null; paused_at?: string | null; handed_back_at?: string | null; state: string }
export interface Standing { tone: Tone; icon: IconName; key: 'left' | 'over' | 'stands' | 'inTime' | 'late'; ms: number }
export interface Span { key: 'days' | 'hours' | 'wholeHours' | 'minutes' | 'moment'; d: number; h: number; m: number }

const MINUTE = 60_000
const NEVER = ['not_accepted', 'cancelled']

/** Null where no clock runs or ran. A clock that stands shows what its light was when it stopped. */
export function standingOf(one: Clocked, now: number): Standing | null {
  if (!one.due_at || NEVER.includes(one.state)) return null
  const due = Date.parse(one.due_at)
  const amber = Date.parse(one.amber_at ?? one.due_at)
  if (one.handed_back_at) {
    const ms = due - Date.parse(one.handed_back_at)
    return ms >= 0 ? { tone: 'ok', icon: 'ok', key: 'inTime', ms } : { tone: 'bad', icon: 'error', key: 'late', ms: -ms }
  }
  if (one.paused_at) {
    const ms = due - Date.parse(one.paused_at)
    return ms < 0 ? { tone: 'bad', icon: 'stop', key: 'over', ms: -ms } : { tone: 'idle', icon: 'stop', key: 'stands', ms }
  }
  if (now > due) return { tone: 'bad', icon: 'error', key: 'over', ms: now - due }
  return { tone: now > amber ? 'warn' : 'ok', icon: 'clock', key: 'left', ms: due - now }
}

/** A span as people say it: days and hours, hours and minutes, or minutes; no minutes of none. */
export function spanOf(ms: number): Span {
  const minutes = Math.floor(ms / MINUTE)
  const [d, h, m] = [Math.floor(minutes / 1440), Math.floor((minutes % 1440) / 60), minutes % 60]
  return { key: d ? 'days' : h ? (m ? 'hours' : 'wholeHours') : m ? 'minutes' : 'moment', d, h, m }
}

/** The present moment, looked at every half minute. */
export function useNow(): Ref<number> {
  const now = ref(Date.now())
  let timer: ReturnType<typeof setInterval> | undefined
  onMounted(() => { timer = setInterval(() => { now.value = Date.now() }, 30_000) })
  onBeforeUnmount(() => clearInterval(timer))
  return now
}

export interface Extended { wish: string; state: string; due_before?: string | null; due_after?: string | null }
/** Where granted extensions moved the end to, as shares of the clock's length: from when it was due to when it was then. */
export function extensionsOf(one: Clocked, asked: readonly Extended[], now: number): { from: number; to: number }[] {
  if (!one.clock_from || !one.due_at) return []
  const start = Date.parse(one.clock_from)
  const at = Math.max(start, one.handed_back_at ? Date.parse(one.handed_back_at) : now)
  const end = Math.max(Date.parse(one.due_at), at)
  const share = (moment: string) => (Math.min(Math.max(Date.parse(moment), start), end) - start) / Math.max(1, end - start)
  return asked.flatMap((each) => (each.wish === 'extension' && each.state === 'granted' && each.due_before && each.due_after && Date.parse(each.due_before) >= start ? [{ from: share(each.due_before), to: share(each.due_after) }] : []))
}

export interface Piece { from: number; to: number; kind: 'run' | 'pause' | 'left' | 'over' }
/** A clock drawn along time, as shares of its length: what ran, where it stood, what is left or over. */
export function piecesOf(one: Clocked, pauses: readonly { since: string; until?: string | null }[], now: number): Piece[] {
  if (!one.clock_from || !one.due_at) return []
  const [start, due] = [Date.parse(one.clock_from), Date.parse(one.due_at)]
  const at = Math.max(start, one.handed_back_at ? Date.parse(one.handed_back_at) : now)
  const end = Math.max(due, at)
  const share = (ms: number) => (Math.min(Math.max(ms, start), end) - start) / Math.max(1, end - start)
  const found: Piece[] = []
  const add = (from: number, to: number, kind: Piece['kind']) => { if (share(to) > share(from)) found.push({ from: share(from), to: share(to), kind }) }
  let done = start
  const run = (to: number) => {
    add(done, Math.min(to, due), 'run')
    add(Math.max(done, due), to, 'over')
  }
  for (const pause of [...pauses].sort((a, b) => Date.parse(a.since) - Date.parse(b.since))) {
    const [from, to] = [Date.parse(pause.since), pause.until ? Date.parse(pause.until) : at]
    if (to <= done || from >= at) continue
    if (from > done) run(from)
    add(Math.max(from, done), Math.min(to, at), 'pause')
    done = Math.min(to, at)
  }
  run(at)
  add(at, due, 'left')
  return found
}
