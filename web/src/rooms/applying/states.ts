/** The procedure as the pages reckon with it: its way, whose turn it is, deadlines, and verdicts that are typed and not yet sent. */
import type { Tone } from '@/components/StatusTag.vue'
import { heightOf } from '@/rooms/tiers/tiers'
import type { ApplicationIndicator, Application, Gap, Judgement } from './api'

/** The straight way, in order; the others are ends beside it, or the loop of the re-check. */
export const WAY = ['planned', 'self_assessing', 'town_checking', 'accepting', 'publicised', 'reported', 'recognised'] as const
export const STATES = [...WAY, 'rechecking', 'lapsed', 'refused', 'withdrawn'] as const
export type State = (typeof STATES)[number]
export const STAGES = ['self', 'town', 'district'] as const
export type Stage = (typeof STAGES)[number]
/** What people may say of an indicator; what was computed may also be unknown. */
export const SAYINGS = ['met', 'missed', 'not_asked'] as const
export type Saying = (typeof SAYINGS)[number]
export type Verdict = Saying | 'unknown'
export interface Judged { verdict: Verdict; reason: string; by?: string; at?: string; /** From the last assessment or the round before: nobody of the stage has confirmed it yet. */ prefilled?: boolean }

export const toneOfState = (state: State): Tone =>
  state === 'recognised' ? 'ok' : state === 'refused' || state === 'lapsed' ? 'bad' : state === 'planned' || state === 'withdrawn' ? 'idle' : state === 'rechecking' ? 'warn' : 'brand'

/** Steps that put right what was entered of a paper: they stand aside from those that carry it on. */
export const CORRECTIONS: readonly string[] = ['correct_report', 'correct_decision', 'correct_award']
/** A publication that was taken back: the record went elsewhere before it was reported. */
export const stopped = (one: Pick<Application, 'state' | 'publication' | 'report'>): boolean => Boolean(one.publication) && !one.report && ['accepting', 'town_checking', 'self_assessing', 'refused', 'withdrawn'].includes(one.state)

export const NEEDED: Record<Stage, string> = { self: 'tiers.application.apply', town: 'tiers.application.check', district: 'tiers.application.accept' }
export const before = (stage: Stage): Stage | null => STAGES[STAGES.indexOf(stage) - 1] ?? null

/** How far along the straight way a record is: places done, and the one it stands at. What ended beside it stopped where it last was. */
export function placeOf(one: Pick<Application, 'state' | 'steps'>): number {
  const at = (state: string | null) => WAY.indexOf(state as (typeof WAY)[number])
  if (one.state === 'rechecking' || one.state === 'lapsed') return WAY.length - 1
  if (at(one.state) >= 0) return at(one.state)
  return Math.max(0, ...one.steps.map((s) => at(s.from)))
}

/** A fortnight before its day something is due soon. */
const SOON_DAYS = 14
export type Light = 'ok' | 'warn' | 'bad'
export function lightOf(due: string | null, overdue: boolean, today: string): Light | null {
  if (!due) return null
  if (overdue || due < today) return 'bad'
  return daysTo(due, today) <= SOON_DAYS ? 'warn' : 'ok'
}
/** Whole days from one day to another; below zero when it is past. */
export const daysTo = (due: string, today: string): number => Math.round((Date.parse(`${due}T00:00:00Z`) - Date.parse(`${today}T00:00:00Z`)) / 86_400_000)

/** The last of so many days of publication, counted from the day after it is put up. */
export const lastDay = (first: string, days: number): string => new Date(Date.parse(`${first}T00:00:00Z`) + days * 86_400_000).toISOString().slice(0, 10)

/** What is asked of an application: the indicators of its tier and of those below. */
export const askedOf = (one: Pick<Application, 'indicators' | 'tier'>): ApplicationIndicator[] => one.indicators.filter((i) => heightOf(i.tier) <= heightOf(one.tier))
/** The verdict that counts by now: of the latest stage that judged in this round, else one that is to be confirmed, else the computed one. */
export function countsOf(i: Pick<ApplicationIndicator, Stage | 'computed'>): Verdict {
  const given = [i.district, i.town, i.self].filter((each) => each !== null)
  return (given.find((each) => !each.prefilled) ?? given[0])?.verdict ?? i.computed
}
export function tallyOf(indicators: readonly Pick<ApplicationIndicator, Stage | 'computed'>[]): Record<Verdict, number> {
  const tally: Record<Verdict, number> = { met: 0, missed: 0, unknown: 0, not_asked: 0 }
  for (const i of indicators) tally[countsOf(i)] += 1
  return tally
}
/** Missed by what counts now, and nobody has written down how it is mended. */
export const unplanned = (indicators: readonly ApplicationIndicator[], gaps: readonly Gap[]): ApplicationIndicator[] =>
  indicators.filter((i) => countsOf(i) === 'missed' && !gaps.some((g) => g.indicator === i.code))

/** A verdict typed and not sent, with what stood there when the typing began. */
export interface Typed { verdict: Verdict | null; reason: string; was: { verdict: Verdict | null; reason: string } }
export type Draft = Record<string, Typed>
const said = (i: ApplicationIndicator, stage: Stage): Typed['was'] => ({ verdict: i[stage]?.verdict ?? null, reason: i[stage]?.reason ?? '' })
const same = (a: Typed['was'], b: Typed['was']): boolean => a.verdict === b.verdict && a.reason.trim() === b.reason.trim()

/** What a row shows: the typed, else the saved. */
export const rowOf = (draft: Draft, i: ApplicationIndicator, stage: Stage): Typed['was'] => draft[i.code] ?? said(i, stage)
/** What was filled in, or said in the round before: it waits to be confirmed. */
export const unconfirmed = (i: ApplicationIndicator, stage: Stage): boolean => Boolean(i[stage]?.prefilled)
/** Judged in this round, by what is typed or saved. */
export const judgedIn = (draft: Draft, i: ApplicationIndicator, stage: Stage): boolean => (draft[i.code] ? Boolean(draft[i.code]?.verdict) : Boolean(i[stage]) && !unconfirmed(i, stage))
/** The draft after something was typed into a row; what is again as it stands saved is no longer typed, unless that was to be confirmed. */
export function type(draft: Draft, i: ApplicationIndicator, stage: Stage, given: Partial<Typed['was']>): Draft {
  const next: Typed = { ...(draft[i.code] ?? { ...said(i, stage), was: said(i, stage) }), ...given }
  const rest = Object.fromEntries(Object.entries(draft).filter(([code]) => code !== i.code))
  return same(next, said(i, stage)) && !unconfirmed(i, stage) ? rest : { ...rest, [i.code]: next }
}
/** Everything that is to be confirmed and was not touched, taken as it stands. */
export const confirmAll = (draft: Draft, indicators: readonly ApplicationIndicator[], stage: Stage): Draft =>
  indicators.reduce((all, i) => (unconfirmed(i, stage) && !all[i.code] ? type(all, i, stage, {}) : all), draft)
/** What a draft is worth once the record was fetched anew: rows that now stand as typed are done. */
export const settle = (draft: Draft, indicators: readonly ApplicationIndicator[], stage: Stage): Draft =>
  Object.fromEntries(Object.entries(draft).filter(([code, typed]) => { const i = indicators.find((one) => one.code === code); return i && (!same(typed, said(i, stage)) || unconfirmed(i, stage)) }))
/** Somebody else saved another verdict for this row since the typing began. */
export function overtaken(draft: Draft, i: ApplicationIndicator, stage: Stage): Judged | null {
  const typed = draft[i.code]
  return typed && i[stage] && !same(said(i, stage), typed.was) && !same(said(i, stage), typed) ? i[stage] : null
}
/** A verdict must be explained where it departs from the stage before it or from what was computed; what is not known contradicts nothing. */
export function needsReason(i: ApplicationIndicator, stage: Stage, verdict: Verdict | null): boolean {
  const earlier = before(stage)
  return Boolean(verdict) && [earlier && i[earlier]?.verdict, i.computed].some((other) => other && other !== 'unknown' && other !== verdict)
}
/** Rows as the API takes them, in the order of the page. */
export const sentOf = (draft: Draft, indicators: readonly ApplicationIndicator[]): Judgement[] =>
  indicators.flatMap((i) => { const typed = draft[i.code]; return typed?.verdict ? [{ indicator: i.code, verdict: typed.verdict, reason: typed.reason.trim() }] : [] })
/** Rows nobody of this stage has judged take over what the stage before, or the computation, says; what is unknown stays open. */
export function takeOver(draft: Draft, indicators: readonly ApplicationIndicator[], stage: Stage): Draft {
  const earlier = before(stage)
  return indicators.reduce((all, i) => {
    if (rowOf(all, i, stage).verdict) return all
    const verdict = (earlier && i[earlier]?.verdict) || i.computed
    return verdict === 'unknown' ? all : type(all, i, stage, { verdict })
  }, draft)
}
/** Which row each refused field belongs to: `items.3.reason` is the fourth that was sent. */
export function faultsOf(fields: readonly { field: string; message: string }[], sent: readonly Judgement[]): Record<string, string> {
  const found: Record<string, string> = {}
  for (const { field, message } of fields) {
    const at = /^(?:body\.)?items\.(\d+)\b/.exec(field)?.[1]
    const code = at === undefined ? sent.find((s) => field === s.indicator || field.endsWith(`.${s.indicator}`))?.indicator : sent[Number(at)]?.indicator
    if (code) found[code] = [found[code], message].filter(Boolean).join(' ')
  }
  return found
}
