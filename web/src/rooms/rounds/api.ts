/** Calls of rounds and returns. */
import { useQuery } from '@tanstack/vue-query'
import { useI18n } from 'vue-i18n'
import { call, download, get } from '@/api/client'
import type { AskedRow, AskedRows, ReturnDetail, Round } from '@/api/types'

/** What shows something of a round anywhere. */
export const REFRESHED = ['rounds', 'round', 'returns', 'return', 'return-differences', 'todos', 'today']
export type Deed = 'submit' | 'accept' | 'return'

export const useRound = (id: () => string) => useQuery({ queryKey: ['round', id], queryFn: ({ signal }) => get<Round>(`/rounds/${id()}`, undefined, signal) })
export const useReturn = (id: () => string) => {
  const { locale } = useI18n()
  return useQuery({ queryKey: ['return', id, locale], queryFn: ({ signal }) => get<ReturnDetail>(`/returns/${id()}`, undefined, signal) })
}
export const rowOf = (id: string, person: string) => get<AskedRows>(`/returns/${id}/rows`, { person })
export const answerRow = (key: string, id: string, row: AskedRow, answers: Record<string, string | null>, confirm: boolean) =>
  call<{ row: AskedRow | null }>('POST', `/returns/${id}/rows/${row.person}`, { body: { version: row.version, answers, confirm }, idempotencyKey: key })
export const step = (key: string, id: string, deed: Deed, reason: string) => call<ReturnDetail>('POST', `/returns/${id}/${deed}`, { body: { reason }, idempotencyKey: key })
export const takeFile = (key: string, id: string, version: number, purpose: string, full: boolean) =>
  download('POST', `/returns/${id}/versions/${version}/file`, { body: { purpose, full }, idempotencyKey: key, filename: 'return.xlsx' })

export interface NewRound { form: string; area: string; period: string; as_of: string; due_on: string; fresh_days: number | null }
export const openRound = (key: string, body: NewRound) => call<Round>('POST', '/rounds', { body, idempotencyKey: key })
export const closeRound = (key: string, id: string) => call<Round>('POST', `/rounds/${id}/close`, { idempotencyKey: key })
