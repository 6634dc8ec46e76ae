/** Calls of the catalogue of forms, of custom fields and of ledgers in the background. */
import { useQuery } from '@tanstack/vue-query'
import { ApiProblem, call, download, get } from '@/api/client'
import type { Page, Schema } from '@/api/types'
import type { Tone } from '@/components/StatusTag.vue'

export type FormRow = Schema['FormOut']
export type FormDetail = Schema['FormDetailOut']
export type Inspection = Schema['InspectionOut']
export type InspectedColumn = Schema['InspectedColumnOut']
export type Generated = Schema['GeneratedOut']
export type CustomField = Schema['CustomFieldOut']
export type KeptField = Schema['KeptFieldOut']
export type FormStatus = FormRow['status']
export const CYCLES = ['once', 'month', 'quarter', 'half_year', 'year', 'demand'] as const
export const STATUSES: FormStatus[] = ['proposed', 'approved', 'refused', 'withdrawn', 'expired']
export const TONES: Record<FormStatus, Tone> = { proposed: 'warn', approved: 'ok', refused: 'bad', withdrawn: 'idle', expired: 'bad' }
export const STATE_TONES: Record<Generated['state'], Tone> = { queued: 'idle', running: 'brand', done: 'ok', failed: 'bad', cancelled: 'idle', gone: 'idle' }
export const COLUMN_TONES: Record<InspectedColumn['state'], Tone> = { held: 'ok', custom: 'ok', new: 'warn', serial: 'idle', constant: 'idle', withheld: 'idle', retired: 'warn' }

/** A form as it is typed; `issuer` is a unit's id, or `other` where the office has no accounts here. */
export interface Facts { name: string; issuer: string; issuer_name: string; legal_basis: string; basis_number: string; cycle: string; valid_until: string; note: string }
export const OTHER = 'other'
export const noFacts = (): Facts => ({ name: '', issuer: '', issuer_name: '', legal_basis: '', basis_number: '', cycle: '', valid_until: '', note: '' })
export const factsOf = (form: FormRow): Facts => ({
  name: form.name, issuer: form.issuer_id ?? OTHER, issuer_name: form.issuer_id ? '' : form.issuer_name, legal_basis: form.legal_basis,
  basis_number: form.basis_number, cycle: form.cycle, valid_until: form.valid_until ?? '', note: form.note,
})
export function bodyOf({ issuer, ...facts }: Facts): Record<string, unknown> {
  const unit = issuer && issuer !== OTHER ? issuer : null
  return { ...facts, issuer_id: unit, issuer_name: unit ? '' : facts.issuer_name, valid_until: facts.valid_until || null }
}

/** What fills a template as the page holds it: fields and fixed texts by column. */
export interface Bound { subject: string; columns: Record<string, string>; constants: Record<string, string>; where: string }
export const boundOf = (seen: Inspection): Bound => ({
  subject: seen.subject, where: seen.where, constants: { ...seen.constants },
  columns: Object.fromEntries(seen.columns.map((c) => [c.name, c.field ?? ''])),
})
/** The documented form of a binding. A column with a fixed text has no field. */
export function bindingOf(bound: Bound): Record<string, unknown> {
  const constants = Object.fromEntries(Object.entries(bound.constants).filter(([, text]) => text.trim()))
  const columns = Object.fromEntries(Object.entries(bound.columns).map(([name, field]) => [name, name in constants ? null : field || null]))
  return { version: 1, subject: bound.subject, columns, constants, where: bound.where }
}

function formOf(file: File, more: Record<string, string>): FormData {
  const form = new FormData()
  form.append('file', file)
  for (const [name, value] of Object.entries(more)) if (value) form.append(name, value)
  return form
}
export const inspectTemplate = (key: string, file: File, subject: string, bound: Bound | null, form: string) =>
  call<Inspection>('POST', '/forms/inspect', { form: formOf(file, { subject, binding: bound ? JSON.stringify(bindingOf(bound)) : '', form }), idempotencyKey: key })
export const registerForm = (key: string, file: File, facts: Facts, bound: Bound, names: boolean) =>
  call<FormDetail>('POST', '/forms', { form: formOf(file, { form: JSON.stringify({ ...bodyOf(facts), binding: bindingOf(bound), names_confirmed: names }) }), idempotencyKey: key })
export const addVersion = (key: string, id: string, version: number, file: File, bound: Bound, note: string, names: boolean) =>
  call<FormDetail>('POST', `/forms/${id}/versions`, { form: formOf(file, { order: JSON.stringify({ version, binding: bindingOf(bound), note, names_confirmed: names }) }), idempotencyKey: key })
export const write = (key: string, method: 'POST' | 'PUT', id: string, what: string, body: Record<string, unknown>) =>
  call<FormDetail>(method, `/forms/${id}${what}`, { body, idempotencyKey: key })
export const takeTemplate = (id: string, number: number, filename: string) =>
  download('GET', `/forms/${id}/versions/${number}/file`, { filename })
export const takeGenerated = (one: Generated) => download('GET', `/forms/generated/${one.id}/file`, { filename: one.filename })

export const useForm = (id: () => string) => useQuery({ queryKey: ['form', id], queryFn: ({ signal }) => get<FormDetail>(`/forms/${id()}`, undefined, signal), enabled: () => Boolean(id()), retry: false })
export const useIssuers = () => useQuery({ queryKey: ['form-issuers'], queryFn: ({ signal }) => get<Schema['IssuerOut'][]>('/forms/issuers', undefined, signal), staleTime: 300_000 })
/** The custom fields in use whose values one may be told. */
export const useCustomFields = () => useQuery({ queryKey: ['custom-fields'], queryFn: ({ signal }) => get<CustomField[]>('/custom-fields', undefined, signal), staleTime: 60_000, retry: false })
const POLL = 1500
export const working = (one: Generated): boolean => one.state === 'queued' || one.state === 'running'
export const useGenerated = (form: () => string, enabled: () => boolean) => useQuery({
  queryKey: ['generated', form],
  queryFn: ({ signal }) => get<Page<Generated>>('/forms/generated', { form: form() || undefined, limit: 20 }, signal),
  enabled,
  refetchInterval: (query) => (query.state.data?.items.some(working) ? POLL : false),
})

/** What is wrong at a field of what was sent; the rest in words, for where no field stands beside. */
export const problemAt = (error: unknown, field: string): string => (error instanceof ApiProblem ? (error.fields.find((f) => f.field === field)?.message ?? '') : '')
export function problemBeside(error: unknown, shown: readonly string[], words: (error: unknown) => string): string {
  if (!error) return ''
  const rest = error instanceof ApiProblem ? error.fields.filter((f) => !shown.includes(f.field)).map((f) => f.message) : []
  if (error instanceof ApiProblem && error.fields.length && !rest.length) return ''
  return [words(error), ...rest].join(' ')
}
