/** Calls of what helps with cases: suggestions from words, cases that may be the same, what was at a place before. */
import { keepPreviousData, useQuery } from '@tanstack/vue-query'
import { call, get } from '@/api/client'
import type { Page, Schema } from '@/api/types'
import { percent } from '@/app/format'

export type Suggested = Schema['SuggestedOut']
export type SuggestedCategory = Schema['SuggestedCategoryOut']
export type CaseSuggestion = Schema['CaseSuggestionOut']
export type Mention = Schema['MentionOut']
export type Similar = Schema['SimilarOut']
export type CaseSimilar = Schema['CaseSimilarOut']
export type EarlierCase = Schema['EarlierCaseOut']
export interface Draft { text: string; area: string | null; place_text: string; lon: number | null; lat: number | null; category_id: string | null }

/** A question that only looks long enough for a body: no key, nothing is kept of it. */
const ask = <T>(path: string, body: unknown, signal: AbortSignal) => call<T>('POST', path, { body, idempotencyKey: '', signal })
/** How sure a suggestion is, for people: nothing that was read from words is certain. */
export const sureness = (probability: number) => percent(Math.min(probability, 0.99), 0)
/** Fewer characters say nothing yet. */
export const LEAST_WORDS = 4

export const useSuggestions = (text: () => string) =>
  useQuery({
    queryKey: ['case-suggestions', text], queryFn: ({ signal }) => ask<Suggested>('/cases/suggestions', { text: text() }, signal),
    enabled: () => text().trim().length >= LEAST_WORDS, placeholderData: keepPreviousData, retry: false, staleTime: 60_000,
  })
export const useSimilar = (draft: () => Draft) =>
  useQuery({
    queryKey: ['case-similar-draft', draft], queryFn: ({ signal }) => ask<Similar[]>('/cases/similar', draft(), signal),
    enabled: () => draft().text.trim().length >= LEAST_WORDS, placeholderData: keepPreviousData, retry: false, staleTime: 30_000,
  })
export const useCaseSuggestion = (id: () => string, enabled: () => boolean) =>
  useQuery({ queryKey: ['case', id, 'suggestion'], queryFn: ({ signal }) => get<CaseSuggestion>(`/cases/${id()}/suggestion`, undefined, signal), enabled, retry: false })
export const useCaseSimilar = (id: () => string) =>
  useQuery({ queryKey: ['case', id, 'similar'], queryFn: ({ signal }) => get<CaseSimilar>(`/cases/${id()}/similar`, undefined, signal), retry: false })
/** Which of the open cases shown may tell of the same event as another: looked up beside the list, which does not wait for it. */
export const useLikely = (cases: () => string[], enabled: () => boolean) =>
  useQuery({
    queryKey: ['case-likely', cases], queryFn: async ({ signal }) => new Map((await ask<{ id: string; proposed: number }[]>('/cases/similar/among', { cases: cases() }, signal)).map((each) => [each.id, each.proposed])),
    enabled: () => enabled() && cases().length > 0, placeholderData: keepPreviousData, retry: false, staleTime: 300_000,
  })
export const useEarlier = (id: () => string, query: () => { metres: number; any_category: boolean }) =>
  useQuery({
    queryKey: ['case', id, 'earlier', query], queryFn: ({ signal }) => get<Page<EarlierCase>>(`/cases/${id()}/earlier`, { ...query(), limit: 5 }, signal),
    placeholderData: keepPreviousData, retry: false,
  })
export const mergeCase = (idempotencyKey: string, id: string, body: { version: number; main_id: string; reason: string }) =>
  call<undefined>('POST', `/cases/${id}/merge`, { body, idempotencyKey })
export const unmergeCase = (idempotencyKey: string, id: string, body: { version: number; reason: string }) =>
  call<undefined>('POST', `/cases/${id}/unmerge`, { body, idempotencyKey })
/** Actions with doors of their own: the panel offers them beside what they are about. */
export const MERGES = ['merge', 'unmerge']
