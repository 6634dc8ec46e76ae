/** Revisions: the next version of a system of indicators while it is worked on. */
import { useQuery } from '@tanstack/vue-query'
import { call, get } from '@/api/client'
import type { Bound, SystemDifferences, SystemFinding, SystemIndicator, SystemRow, Text, Value } from './api'
import type { Tier } from './tiers'

export interface RevisionBrief {
  id: string
  base: string
  base_version: string
  title: string
  state: 'open' | 'published' | 'dropped'
  version: number
  changed_at: string
  changed_by_name: string
  /** The version it became. */
  made: string | null
}
export interface RevisionMetric { code: string; name: Text; unit: string; computed: boolean }
export interface RevisionIndicator extends SystemIndicator { level1_certainty: string; records: string; source_supports: string; bounds: (Bound & { source: string })[] }
export interface RevisionDifferences { added: Pick<SystemIndicator, 'code' | 'name'>[]; removed: Pick<SystemIndicator, 'code' | 'name'>[]; changed: SystemDifferences['changed'] }
export interface Revision extends RevisionBrief {
  authority: string
  document: string
  issued_on: string | null
  source: string
  note: string
  villages: boolean
  /** The version it would follow, and the day that one began. */
  follows: string
  follows_from: string
  /** The number it would have, or has. */
  becomes: string
  indicators: RevisionIndicator[]
  differences: RevisionDifferences
  findings: SystemFinding[]
  metrics: RevisionMetric[]
}
export type About = Pick<Revision, 'title' | 'authority' | 'document' | 'issued_on' | 'source' | 'note' | 'villages'>
export type BoundEntry = { metric: string; op: string; value: Value; certainty: string; source: string; note: string }
export interface Entry extends Omit<RevisionIndicator, 'bounds'> { bounds: BoundEntry[] }

const at = (id: string) => `/tiers/revisions/${id}`
export const useRevisions = (enabled: () => boolean) => useQuery({ queryKey: ['tiers', 'revisions'], queryFn: ({ signal }) => get<{ items: RevisionBrief[] }>('/tiers/revisions', undefined, signal), enabled })
export const useRevision = (id: () => string) => useQuery({ queryKey: ['tiers', 'revision', id], queryFn: ({ signal }) => get<Revision>(at(id()), undefined, signal), enabled: () => Boolean(id()) })
export const beginRevision = (idempotencyKey: string, base: string) => call<Revision>('POST', '/tiers/revisions', { body: { base }, idempotencyKey })
export const changeAbout = (idempotencyKey: string, id: string, version: number, about: About) => call<Revision>('PATCH', at(id), { body: { ...about, version }, idempotencyKey })
export const putIndicator = (idempotencyKey: string, id: string, version: number, entry: Entry) => {
  const { code, ...rest } = entry
  return call<Revision>('PUT', `${at(id)}/indicators/${encodeURIComponent(code)}`, { body: { ...rest, version }, idempotencyKey })
}
export const removeIndicator = (idempotencyKey: string, id: string, version: number, code: string) => call<Revision>('POST', `${at(id)}/indicators/${encodeURIComponent(code)}/remove`, { body: { version }, idempotencyKey })
export const publishRevision = (idempotencyKey: string, id: string, version: number, follows: number, from: string) => call<Revision>('POST', `${at(id)}/publish`, { body: { version, follows, effective_from: from || null }, idempotencyKey })
export const dropRevision = (idempotencyKey: string, id: string, version: number) => call<Revision>('POST', `${at(id)}/drop`, { body: { version }, idempotencyKey })
export const withdrawSystem = (idempotencyKey: string, id: string, reason: string) => call<SystemRow>('POST', `/tiers/systems/${id}/withdraw`, { body: { reason }, idempotencyKey })

const today = (): string => new Date().toLocaleDateString('sv-SE', { timeZone: 'Asia/Shanghai' })
type Standing = Pick<SystemRow, 'effective_from' | 'withdrawn_at'>
/** How a version stands: in force, still to come, ended or taken back. */
export type SystemState = 'inForce' | 'coming' | 'notInForce' | 'withdrawn'
export const stateOf = (row: Standing & Pick<SystemRow, 'id'>, current: string | null | undefined, day = today()): SystemState =>
  row.withdrawn_at ? 'withdrawn' : row.id === current ? 'inForce' : row.effective_from > day ? 'coming' : 'notInForce'
/** The last version there is, those taken back aside. */
export const newest = <R extends Pick<SystemRow, 'version' | 'withdrawn_at'>>(rows: readonly R[]): R | undefined =>
  rows.filter((r) => !r.withdrawn_at).sort((a, b) => Number(b.version) - Number(a.version))[0]
/** The one version that can be taken back: the last there is, while it has not begun. */
export function withdrawable<R extends Standing & Pick<SystemRow, 'version'>>(rows: readonly R[], day = today()): R | undefined {
  const last = newest(rows)
  return last && last.effective_from > day ? last : undefined
}

export const OPERATORS = ['>=', '<=', '>', '<', '=='] as const
/** What may be compared how: yes and no are only ever equal. */
export const operatorsOf = (unit: string): readonly string[] => (unit === 'bool' ? ['=='] : OPERATORS)
/** A bound that is to be filled in, on the first metric no other bound is on. */
export function newBound(metrics: readonly RevisionMetric[], taken: readonly BoundEntry[]): BoundEntry | undefined {
  const free = metrics.find((m) => !taken.some((b) => b.metric === m.code))
  return free && { metric: free.code, op: free.unit === 'bool' ? '==' : '>=', value: null, certainty: 'inferred', source: '', note: '' }
}
/** A bound whose metric was changed: what the other unit cannot hold is emptied. */
export function moved(bound: BoundEntry, metrics: readonly RevisionMetric[], metric: string): BoundEntry {
  const unitOf = (code: string) => metrics.find((m) => m.code === code)?.unit ?? ''
  const same = unitOf(metric) === unitOf(bound.metric)
  return { ...bound, metric, value: same ? bound.value : null, op: operatorsOf(unitOf(metric)).includes(bound.op) ? bound.op : '==' }
}
/** An indicator as the form begins with it; a new one under the next code of its tier. */
export function entryOf(given: RevisionIndicator | undefined, all: readonly RevisionIndicator[]): Entry {
  if (given) return { ...given, bounds: given.bounds.map(({ metric, op, value, certainty, source, note }) => ({ metric, op, value, certainty, source, note })) }
  return {
    code: nextCode('basic', all), tier: 'basic', level1: '', level1_certainty: 'inferred', seq: null, name: '', definition: '', requirement: '', mode: 'mixed', weight: null,
    records: '', evidence_wanted: '', certainty: 'inferred', strength: '', completeness: '', source: '', source_supports: '', bounds: [],
  }
}
const LETTERS: Record<Tier, string> = { basic: 'B', growing: 'G', model: 'M' }
/** The code after the last one of a tier: B31 after B30. */
export function nextCode(tier: Tier, all: readonly Pick<RevisionIndicator, 'code'>[]): string {
  const letter = LETTERS[tier]
  const numbers = all.map((i) => new RegExp(`^${letter}(\\d+)$`).exec(i.code)?.[1]).filter((n): n is string => n !== undefined).map(Number)
  return `${letter}${String(Math.max(0, ...numbers) + 1).padStart(2, '0')}`
}
