/** Calls of the procedure: plan years, applications, their steps, verdicts, gaps, group, objections and papers. */
import { useQuery } from '@tanstack/vue-query'
import { call, get, type QueryValue } from '@/api/client'
import type { Page } from '@/api/types'
import type { Text } from '@/rooms/tiers/api'
import type { Certainty, Tier } from '@/rooms/tiers/tiers'
import type { Judged, Stage, State, Verdict } from './states'

export type Counts = Partial<Record<State, number>>
/** A year in which communities try for a tier: by which indicators, and until when each stage is to be done. */
export interface PlanYear {
  id: string
  year: number
  title: string
  system: { id: string; title: string; version: string }
  self_by: string
  town_by: string
  accept_by: string
  publication_days: number
  document: string
  version: number
  counts: Counts
}
export interface PlanYears { items: PlanYear[]; may_plan: boolean }
export interface YearEntry { year: number; title: string; system_id: string; self_by: string | null; town_by: string | null; accept_by: string | null; publication_days: number; document: string }

export interface ApplicationRow {
  id: string
  area_code: string
  name: string
  town_name: string
  year: number
  tier: Tier
  state: State
  due_on: string | null
  overdue: boolean
  met: number
  missed: number
  unknown: number
  of: number
  gaps_open: number
  objections_open: number
  synthetic: boolean
  /** The reader sees all of it, not only its public record. */
  within: boolean
  updated_at: string
}
export interface Queue extends Page<ApplicationRow> { counts: Counts }

export interface Action { name: string; title: Text; allowed: boolean; why_not: Text | null; needs: string[] }
export interface ApplicationIndicator {
  code: string
  tier: Tier
  level1: string
  name: string
  requirement: string
  certainty: Certainty
  evidence_wanted: string
  /** Files that prove it. */
  evidence: number
  computed: Verdict
  shown: Text | null
  /** The records behind the computed value. */
  path: string | null
  self: Judged | null
  town: Judged | null
  district: Judged | null
}
export interface Gap { id: string; version: number; indicator: string; todo: string; owner: string; due_on: string; done_on: string | null; overdue: boolean; note: string }
export interface Member { name: string; unit: string; post: string }
export interface SiteVisit { id: string; day: string; place: string; notes: string }
export interface Objection { id: string; from: 'public' | 'community'; text: string; indicator: string | null; at: string; /** Where they are reached, masked. */ contact: string; answer: string | null; answered_at: string | null; answered_by: string; /** Why its words are hidden from all but those who answer it; `text` is empty where they are. */ hidden: { reason: string; at: string; by: string } | null }
export interface Warning { indicator: string; since: string; shown: Text }
export interface Paper { kind: string; title: Text; draft?: boolean }
export interface Step { action: string; title: Text; from: State | null; to: State; by: string; unit: string; at: string; reason: string }
export interface Application {
  id: string
  version: number
  area_code: string
  name: string
  town_name: string
  year: Omit<PlanYear, 'counts' | 'document' | 'version'>
  tier: Tier
  state: State
  due_on: string | null
  overdue: boolean
  synthetic: boolean
  within: boolean
  /** The stage whose verdicts the reader gives now. */
  judges: Stage | null
  /** What else the reader may do: gaps, object, accept, answer. */
  may: string[]
  actions: Action[]
  indicators: ApplicationIndicator[]
  gaps: Gap[]
  group: Member[]
  visits: SiteVisit[]
  objections: Objection[]
  publication: { from: string; until: string; path: string | null } | null
  report: { document: string; on: string } | null
  decision: { outcome: string; document: string; authority: string; on: string } | null
  award: { cents: number; on: string; document: string } | null
  recheck_by: string | null
  rechecked_on: string | null
  warnings: Warning[]
  papers: Paper[]
  steps: Step[]
}

/** What a step or an entry changes: applications, queues, and the ladder they lead up. */
export const REFRESH = ['applying', 'tiers']

const ROOT = '/tiers/applications'
const of = (id: string) => `${ROOT}/${encodeURIComponent(id)}`

export const useYears = (enabled: () => boolean = () => true) => useQuery({
  queryKey: ['applying', 'years'],
  queryFn: ({ signal }) => get<PlanYears>('/tiers/years', undefined, signal),
  staleTime: 60_000,
  enabled,
})
export const addYear = (idempotencyKey: string, body: YearEntry) => call<PlanYear>('POST', '/tiers/years', { body, idempotencyKey })
export const changeYear = (idempotencyKey: string, id: string, body: Partial<YearEntry> & { version: number }) => call<PlanYear>('PATCH', `/tiers/years/${id}`, { body, idempotencyKey })
export const recheckYear = (idempotencyKey: string, id: string, until: string) => call<{ opened: number }>('POST', `/tiers/years/${id}/recheck`, { body: { until: until || null }, idempotencyKey })

export const queueOf = (query: Record<string, unknown>, signal?: AbortSignal) => get<Queue>(ROOT, query as Record<string, QueryValue>, signal)
export const planApplications = (idempotencyKey: string, body: { year_id: string; area_codes: string[]; tier: Tier }) => call<unknown>('POST', ROOT, { body, idempotencyKey })
/** The applications of one community, the latest first. */
export const useApplicationsOf = (area: () => string, enabled: () => boolean) => useQuery({
  queryKey: ['applying', 'community', area],
  queryFn: ({ signal }) => queueOf({ area: area(), limit: 50 }, signal),
  staleTime: 60_000,
  enabled,
})

export const useApplication = (id: () => string) => useQuery({
  queryKey: ['applying', 'one', id],
  queryFn: ({ signal }) => get<Application>(of(id()), undefined, signal),
})
export const takeAction = (idempotencyKey: string, id: string, action: string, body: Record<string, unknown>) => call<unknown>('POST', `${of(id)}/actions/${action}`, { body, idempotencyKey })
export interface Judgement { indicator: string; verdict: Verdict; reason: string }
export const putVerdicts = (idempotencyKey: string, id: string, stage: Stage, body: { version: number; items: Judgement[] }) => call<unknown>('PUT', `${of(id)}/verdicts/${stage}`, { body, idempotencyKey })

export interface GapEntry { indicator: string; todo: string; owner: string; due_on: string | null; done_on: string | null; note: string }
export const addGap = (idempotencyKey: string, id: string, body: GapEntry) => call<unknown>('POST', `${of(id)}/gaps`, { body, idempotencyKey })
export const changeGap = (idempotencyKey: string, id: string, gap: string, body: GapEntry & { version: number }) => call<unknown>('PATCH', `${of(id)}/gaps/${gap}`, { body, idempotencyKey })
export const putGroup = (idempotencyKey: string, id: string, body: { version: number; members: Member[] }) => call<unknown>('PUT', `${of(id)}/group`, { body, idempotencyKey })
export const addVisit = (idempotencyKey: string, id: string, body: Omit<SiteVisit, 'id'>) => call<unknown>('POST', `${of(id)}/visits`, { body, idempotencyKey })
export const addObjection = (idempotencyKey: string, id: string, body: { text: string; indicator: string | null }) => call<unknown>('POST', `${of(id)}/objections`, { body, idempotencyKey })
export const answerObjection = (idempotencyKey: string, id: string, objection: string, answer: string, alike = false) => call<unknown>('POST', `${of(id)}/objections/${objection}/answer`, { body: { answer, alike }, idempotencyKey })
export const hideObjection = (idempotencyKey: string, id: string, objection: string, hidden: boolean, reason: string, alike = false) => call<Objection>('POST', `${of(id)}/objections/${objection}/sight`, { body: { hidden, reason, alike }, idempotencyKey })
export const revealContact = (idempotencyKey: string, id: string, objection: string, purpose: string) => call<{ contact: string }>('POST', `${of(id)}/objections/${objection}/reveal`, { body: { purpose }, idempotencyKey })
