/** Calls of sheets of cases: words of a source, what they can stand for, templates, and where a case came from. */
import { useQuery } from '@tanstack/vue-query'
import { useI18n } from 'vue-i18n'
import { call, download, get } from '@/api/client'
import type { components } from '@/api/schema'

type Schemas = components['schemas']
export type CaseWord = Schemas['CaseWordOut']
export type CaseWords = Schemas['CaseWordsOut']
export type CaseWordChoice = Schemas['CaseWordChoiceOut']
export type CaseOrigin = Schemas['CaseOriginOut']
export type SheetKind = 'hotline-orders' | 'closed-cases'
export const SHEET_KINDS: SheetKind[] = ['hotline-orders', 'closed-cases']

export const useCaseWords = (batch: () => string) => useQuery({
  queryKey: ['case-words', batch],
  queryFn: ({ signal }) => get<CaseWords>('/case-sheets/words', { batch: batch() }, signal),
})
export const useWordChoices = (what: () => CaseWord['what'], words: () => string) => useQuery({
  queryKey: ['case-word-choices', what, words],
  queryFn: ({ signal }) => get<CaseWordChoice[]>('/case-sheets/choices', { what: what(), words: words() }, signal),
  staleTime: 60_000,
})
export const putWord = (idempotencyKey: string, body: Schemas['CaseWordIn']) =>
  call<undefined>('PUT', '/case-sheets/words', { body, idempotencyKey })
export const takeTemplate = (idempotencyKey: string, kind: SheetKind, filename: string) =>
  download('GET', `/case-sheets/${kind}/template.xlsx`, { idempotencyKey, filename })
export function useCaseOrigin(id: () => string) {
  const { locale } = useI18n()
  return useQuery({
    queryKey: ['case-origin', locale, id],
    queryFn: ({ signal }) => get<Schemas['CaseOriginAnswerOut']>(`/cases/${id()}/origin`, undefined, signal),
  })
}
