/** What of a card stands in its form, and how each part of it is said beside what another saved. */
import type { Tier } from '@/rooms/tiers/tiers'
import type { Card, Part, Scenario } from './api'

export interface TypedPart { name: string; quantity: string; unit: string; note: string }
export interface TypedMetric { metric: string; stated_before: string; stated_after: string }
export interface Typed {
  title: string
  scenario: Scenario
  tier: Tier | ''
  problem: string
  done: string
  cost: string
  cost_note: string
  honours: string
  recognition_id: string
  contact_unit: string
  contact_post: string
  before_on: string
  after_on: string
  source: string
  parts: TypedPart[]
  metrics: TypedMetric[]
}

const text = (value: unknown): string => (value === null || value === undefined ? '' : value === true ? '1' : value === false ? '0' : String(value))
const part = (p: Part): TypedPart => ({ name: p.name, quantity: text(p.quantity), unit: p.unit, note: p.note })
/** The form of a card, or of a new one. */
export const entered = (one?: Card | null): Typed => ({
  title: one?.title ?? '', scenario: one?.scenario ?? 'governance', tier: one?.tier ?? '', problem: one?.problem ?? '', done: one?.done ?? '', cost: one?.cost ?? '',
  cost_note: one?.cost_note ?? '', honours: one?.honours ?? '', recognition_id: one?.recognition?.id ?? '', contact_unit: one?.contact_unit ?? '',
  contact_post: one?.contact_post ?? '', before_on: one?.before_on ?? '', after_on: one?.after_on ?? '', source: one?.source ?? '',
  parts: one?.parts.map(part) ?? [],
  metrics: one?.moved.map((m) => ({ metric: m.metric, stated_before: text(m.stated_before), stated_after: text(m.stated_after) })) ?? [],
})
/** One line for each part: what, how many, and what is said of it. */
export const partsSaid = (parts: readonly TypedPart[]): string => parts.map((p) => [p.name, [p.quantity, p.unit].filter(Boolean).join(' '), p.note].filter(Boolean).join(' · ')).join('\n')
/** One line for each figure, with what is stated of it. */
export const metricsSaid = (metrics: readonly TypedMetric[], nameOf: (code: string) => string): string =>
  metrics.map((m) => (m.stated_before || m.stated_after ? `${nameOf(m.metric)} ${m.stated_before || '–'} → ${m.stated_after || '–'}` : nameOf(m.metric))).join('\n')
