/** Calls of the room of tiers: the ladder, one community, the systems of indicators, assessments. */
import { keepPreviousData, useQuery } from '@tanstack/vue-query'
import { call, get, type QueryValue } from '@/api/client'
import type { Certainty, Reached, Tier, Verdict } from './tiers'

/** What is said in both languages. */
export interface Text { zh: string; en: string }

export interface Rung {
  area_code: string
  name: string
  town_name: string
  people: number | null
  now: Reached
  computed: Reached | null
  next: Tier | null
  met: number
  missed: number
  unknown: number
  of: number
  trend: number[]
}
export interface AssessmentBrief {
  id: string
  on: string
  finished_at: string | null
  system_title: string
  version: string
  official: number
  inferred: number
  /** Metrics that could not be computed: unknown, not zero. */
  failures: string[]
}
export interface Ladder {
  assessment: AssessmentBrief | null
  counts: { now: Partial<Record<Reached, number>>; computed: Partial<Record<Reached, number>> }
  items: Rung[]
  next: string | null
}

/** What a text says of a tier: of the community, or of a whole district or city with a number. */
export interface Recognition {
  id: string
  scope: 'community' | 'district' | 'city'
  about: string
  tier: Tier | null
  outcome: string
  count: number | null
  year: number
  until_year: number | null
  authority: string
  date: string | null
  source: string
  certainty: string
  note: string
}
/** What a table of past results holds; findings of both languages. */
export interface PastResults { rows: number; new: number; findings: { where: string; code: string; message: Text; severity: 'error' | 'warning' }[] }
export interface Standing { now: Reached; computed: Reached | null; next: Tier | null; met: number; missed: number; unknown: number; of: number }
export type Value = string | number | boolean | null
export interface MetricStanding {
  metric: string
  name: Text
  unit: string
  op: string
  bound: Value
  certainty: Certainty
  computed: Value
  computed_on: string | null
  declared: Value
  declared_on: string | null
  /** What is declared is of a demo. */
  synthetic: boolean
  used: 'computed' | 'declared' | null
  contradicts: boolean
  /** The list of records behind the computed figure. */
  path: string | null
  verdict: Verdict
}
export interface IndicatorStanding {
  code: string
  tier: Tier
  level1: string
  name: string
  definition: string
  requirement: string
  certainty: Certainty
  mode: string
  evidence_wanted: string
  verdict: Verdict
  metrics: MetricStanding[]
}
export interface HistoryPoint { on: string; computed: Reached | null; met: number }
export interface Community {
  area_code: string
  name: string
  town_name: string
  people: number | null
  recognitions: Recognition[]
  standing: Standing | null
  assessment: AssessmentBrief | null
  indicators: IndicatorStanding[]
  history: HistoryPoint[]
  may_declare: boolean
}

export interface SystemRow {
  id: string
  code: string
  version: string
  title: string
  authority: string
  document: string
  issued_on: string | null
  effective_from: string
  effective_to: string | null
  /** Whether villages are assessed beside communities. */
  villages: boolean
  source: string
  note: string
  /** One that was taken back before it began; it never holds. */
  withdrawn_at: string | null
  withdrawn_by_name: string
  withdrawn_reason: string
  official: number
  inferred: number
  indicators: number
}
export interface Systems { items: SystemRow[]; current: string | null; may_edit: boolean }
export interface Bound { metric: string; metric_name: Text; op: string; value: Value; unit: string; certainty: Certainty; note: string }
export interface SystemIndicator {
  code: string
  tier: Tier
  level1: string
  seq: number | null
  name: string
  definition: string
  requirement: string
  mode: string
  weight: number | null
  evidence_wanted: string
  certainty: Certainty
  strength: string
  completeness: string
  source: string
  bounds: Bound[]
}
export interface System extends Omit<SystemRow, 'indicators'> { indicators: SystemIndicator[] }
export interface SystemDifferences { added: SystemIndicator[]; removed: SystemIndicator[]; changed: { code: string; field: string; /** Of a bound: what it is on. */ metric_name?: Text | null; before: Value; after: Value }[] }
export interface SystemFinding { where: string; code: string; message: string; severity: 'error' | 'warning' }
export interface SystemCheck { stamp: string | null; title: string; indicators: number; official: number; inferred: number; findings: SystemFinding[] }

export interface AssessmentRun { id: string; on: string; state: 'waiting' | 'running' | 'finished' | 'failed'; asked_at: string; started_at: string | null; finished_at: string | null; communities: number; failures: string[]; reason: string | null }

/** What an entry or a run of the assessment changes. */
export const REFRESH = ['tiers']

export const ladderOf = (query: Record<string, unknown>, signal?: AbortSignal) => get<Ladder>('/tiers/ladder', query as Record<string, QueryValue>, signal)

/** As many as one page of the API gives. */
const MOST = 200
/** All communities of an area for the map, which has no pages: walked through, a few hundred at the most. */
export async function everyRung(query: Record<string, unknown>, signal?: AbortSignal): Promise<Rung[]> {
  const found: Rung[] = []
  let cursor: string | null | undefined
  do {
    const page: Ladder = await ladderOf({ ...query, cursor: cursor ?? undefined, limit: MOST }, signal)
    found.push(...page.items)
    cursor = page.next
  } while (cursor)
  return found
}
export const useRungs = (area: () => string | undefined, enabled: () => boolean) => useQuery({
  queryKey: ['tiers', 'map', area],
  queryFn: ({ signal }) => everyRung({ area: area() }, signal),
  placeholderData: keepPreviousData,
  staleTime: 60_000,
  enabled,
})

export const useRecognitions = (enabled: () => boolean) => useQuery({
  queryKey: ['tiers', 'recognitions'],
  queryFn: ({ signal }) => get<{ items: Recognition[]; next: string | null }>('/tiers/recognitions', { limit: MOST }, signal),
  staleTime: 60_000,
  enabled,
})

export const useCommunity = (code: () => string) => useQuery({
  queryKey: ['tiers', 'community', code],
  queryFn: ({ signal }) => get<Community>(`/tiers/communities/${encodeURIComponent(code())}`, undefined, signal),
})
export interface Declared { metric: string; value: Value; as_of: string; note: string }
export const declareValue = (idempotencyKey: string, code: string, body: Declared) => call('POST', `/tiers/communities/${encodeURIComponent(code)}/values`, { body, idempotencyKey })
export const withdrawValue = (idempotencyKey: string, code: string, metric: string) => call('POST', `/tiers/communities/${encodeURIComponent(code)}/values/${encodeURIComponent(metric)}/withdraw`, { body: {}, idempotencyKey })

/** A file that proves an indicator. */
export interface Evidence { id: string; indicator: string; name: string; kind: string; size: number; added_at: string; added_by_name: string }
export const EVIDENCE_TAKEN = 'image/jpeg,image/png,image/webp,application/pdf,.docx,.xlsx'
const evidenceAt = (code: string) => `/tiers/communities/${encodeURIComponent(code)}/evidence`
export const evidenceOf = (code: string, signal?: AbortSignal) => get<{ items: Evidence[] }>(evidenceAt(code), undefined, signal)
export function addEvidence(idempotencyKey: string, code: string, indicator: string, file: File): Promise<Evidence> {
  const form = new FormData()
  form.append('indicator', indicator)
  form.append('file', file)
  return call<Evidence>('POST', evidenceAt(code), { form, idempotencyKey })
}
export const removeEvidence = (idempotencyKey: string, code: string, id: string) => call<undefined>('POST', `${evidenceAt(code)}/${id}/remove`, { idempotencyKey })

export const useSystems = () => useQuery({ queryKey: ['tiers', 'systems'], queryFn: ({ signal }) => get<Systems>('/tiers/systems', undefined, signal), staleTime: 60_000 })
export const useSystem = (id: () => string) => useQuery({
  queryKey: ['tiers', 'system', id],
  queryFn: ({ signal }) => get<System>(`/tiers/systems/${id()}`, undefined, signal),
  staleTime: 60_000,
  enabled: () => Boolean(id()),
})
export const useDifferences = (id: () => string, to: () => string) => useQuery({
  queryKey: ['tiers', 'differences', id, to],
  queryFn: ({ signal }) => get<SystemDifferences>(`/tiers/systems/${id()}/differences`, { to: to() }, signal),
  staleTime: 60_000,
  enabled: () => Boolean(id() && to() && id() !== to()),
})

/** What was asked for longer ago was lost with its worker, in milliseconds; the API holds it so too. */
const STALE = 3_600_000
export const isOpen = (run: Pick<AssessmentRun, 'state' | 'asked_at'>, now: number): boolean =>
  (run.state === 'waiting' || run.state === 'running') && now - Date.parse(run.asked_at) < STALE
/** Looked at often while one is under way. */
export const useRuns = (enabled: () => boolean) => useQuery({
  queryKey: ['tiers', 'runs'],
  queryFn: ({ signal }) => get<{ items: AssessmentRun[]; may_assess: boolean }>('/tiers/assessments', undefined, signal),
  refetchInterval: (query) => (query.state.status !== 'error' && (query.state.data?.items ?? []).some((run) => isOpen(run, query.state.dataUpdatedAt)) ? 1500 : false),
  enabled,
})
export const startRun = (idempotencyKey: string) => call<AssessmentRun>('POST', '/tiers/assessments', { body: {}, idempotencyKey })
