/** Calls of the library of good practice: cards, what they moved, their steps, their photos, taking one over. */
import { keepPreviousData, useQuery } from '@tanstack/vue-query'
import { apiUrl, call, get, type QueryValue } from '@/api/client'
import type { Recognition, Text, Value } from '@/rooms/tiers/api'
import type { Certainty, Tier } from '@/rooms/tiers/tiers'

export const SCENARIOS = ['governance', 'security', 'services', 'care', 'employment', 'emergency', 'facilities', 'other'] as const
export type Scenario = (typeof SCENARIOS)[number]
export const STATES = ['draft', 'submitted', 'published', 'withdrawn'] as const
export type CardState = (typeof STATES)[number]

/** A metric in an assessment; `how` tells computed from declared, null where it was not known. */
export interface Figure { value: Value; how: 'computed' | 'declared' | null; assessed_on: string | null; said_on: string | null }
export interface NamedIndicator { code: string; name: string; tier: Tier; certainty: Certainty }
export interface Moved {
  metric: string
  name: Text
  unit: string
  before: Figure
  after: Figure
  /** What the author states, beside what assessments say. */
  stated_before: Value
  stated_after: Value
  indicators: NamedIndicator[]
}
export interface CardRow {
  id: string
  state: CardState
  area_code: string
  area_name: string
  town_name: string
  title: string
  scenario: Scenario
  tier: Tier | null
  summary: string
  cost: string | null
  certainty: string
  photo: string | null
  moved: Moved[]
  changed_at: string
}
export interface Part { name: string; quantity: string | null; unit: string; note: string }
export interface Photo { id: string; caption: string; width: number; height: number }
export interface Card extends Omit<CardRow, 'summary' | 'photo'> {
  version: number
  problem: string
  done: string
  cost_note: string
  parts: Part[]
  honours: string
  recognition: Recognition | null
  recognitions: Recognition[]
  contact_unit: string
  contact_post: string
  before_on: string | null
  after_on: string | null
  source: string
  said_on: string | null
  withdrawn_reason: string
  photos: Photo[]
  measures: { code: string; name: Text }[]
  lacking: string[]
  created_by_name: string
  changed_by_name: string
  published_at: string | null
  published_by_name: string
  may_edit: boolean
  may_publish: boolean
  may_copy: boolean
  /** The page of its community is in the reader's sight. */
  may_open: boolean
  /** Their own draft, which nobody elsewhere ever read. */
  may_remove: boolean
}
export interface CardEntry {
  title: string
  scenario: Scenario
  tier: Tier | null
  problem: string
  done: string
  cost: string | null
  cost_note: string
  parts: Part[]
  honours: string
  recognition_id: string | null
  contact_unit: string
  contact_post: string
  before_on: string | null
  after_on: string | null
  source: string
  metrics: { metric: string; stated_before: string | null; stated_after: string | null }[]
}
export interface MetricChoice { code: string; name: Text; unit: string; indicators: NamedIndicator[] }
export interface Library { items: CardRow[]; next: string | null; count: { value: number; exact: boolean } | null; may_write: boolean }

export const REFRESH = ['practice', 'practice-card']
export const libraryOf = (query: Record<string, unknown>, signal?: AbortSignal) => get<Library>('/tiers/practice', query as Record<string, QueryValue>, signal)
export const useCard = (id: () => string) => useQuery({
  queryKey: ['practice-card', id],
  queryFn: ({ signal }) => get<Card>(`/tiers/practice/${encodeURIComponent(id())}`, undefined, signal),
  placeholderData: keepPreviousData,
})
export const getCard = (id: string) => get<Card>(`/tiers/practice/${encodeURIComponent(id)}`)
export const useChoices = () => useQuery({
  queryKey: ['practice-choices'],
  queryFn: ({ signal }) => get<{ metrics: MetricChoice[]; indicators: NamedIndicator[] }>('/tiers/practice/choices', undefined, signal),
  staleTime: 300_000,
})
export const writeCard = (idempotencyKey: string, area: string, entry: CardEntry) => call<Card>('POST', '/tiers/practice', { body: { ...entry, area_code: area }, idempotencyKey })
export const amendCard = (idempotencyKey: string, id: string, version: number, entry: CardEntry) => call<Card>('PUT', `/tiers/practice/${id}`, { body: { ...entry, version }, idempotencyKey })
export const submitCard = (idempotencyKey: string, id: string, version: number) => call<Card>('POST', `/tiers/practice/${id}/submit`, { body: { version }, idempotencyKey })
export const removeCard = async (idempotencyKey: string, id: string, version: number) => { await call<undefined>('POST', `/tiers/practice/${id}/remove`, { body: { version }, idempotencyKey }); return true }
export const publishCard = (idempotencyKey: string, id: string, version: number) => call<Card>('POST', `/tiers/practice/${id}/publish`, { body: { version }, idempotencyKey })
export const withdrawCard = (idempotencyKey: string, id: string, version: number, reason: string) => call<Card>('POST', `/tiers/practice/${id}/withdraw`, { body: { version, reason }, idempotencyKey })
export const copyCard = (idempotencyKey: string, id: string, area: string) => call<{ plan_id: string; measures: string[] }>('POST', `/tiers/practice/${id}/copy`, { body: { area_code: area }, idempotencyKey })

export const PHOTOS_TAKEN = 'image/jpeg,image/png,image/webp,image/gif'
export const photoUrl = (card: string, photo: string, size: 'full' | 'small'): string => apiUrl(`/tiers/practice/${card}/photos/${photo}`, { size })
export function addPhoto(idempotencyKey: string, id: string, file: File, caption: string): Promise<Photo> {
  const form = new FormData()
  form.append('file', file)
  form.append('caption', caption)
  return call<Photo>('POST', `/tiers/practice/${id}/photos`, { form, idempotencyKey })
}
export const removePhoto = (idempotencyKey: string, id: string, photo: string) => call<undefined>('POST', `/tiers/practice/${id}/photos/${photo}/remove`, { idempotencyKey })

/** The library, narrowed to what moved an indicator; for a community without its own cards. */
export const elsewhere = (indicator: string, community?: string) => ({ path: '/tiers/practice', query: { indicator, ...(community ? { but: community } : {}) } })

/** Whether there is anything to compare: a figure of both days. */
export const known = (moved: Moved): boolean => moved.before.value !== null && moved.after.value !== null
/** By how much a figure moved between the two days; null where that cannot be said. */
export function movedBy(moved: Moved): number | null {
  if (!known(moved) || moved.unit === 'bool') return null
  return Number((Number(moved.after.value) - Number(moved.before.value)).toFixed(6))
}
