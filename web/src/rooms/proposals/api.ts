/** Calls of the room of proposals. */
import { keepPreviousData, useQuery } from '@tanstack/vue-query'
import { useI18n } from 'vue-i18n'
import { call, get } from '@/api/client'
import type { components } from '@/api/schema'

type Schemas = components['schemas']
export type ProposalRow = Schemas['MemberProposalOut']
export type Proposal = Schemas['MemberProposalDetailOut']
export type ProposalEntry = Schemas['MemberProposalIn']
export type ProposalStep = Schemas['ProposalStepIn']
export type ProposalAction = Schemas['ProposalActionOut']
export type Reply = Schemas['ProposalReplyOut']
export type PublicAnswer = Schemas['PublicAnswerOut']
export type ProposalCounts = Schemas['ProposalCountsOut']
export type Counted = Schemas['ProposalsCountedOut']
export type CohostEntry = Schemas['CohostIn']
export type Draft = Schemas['ProposalDraftIn']

export const REFRESH = ['proposals', 'proposal', 'proposal-counts', 'today']
export const registerProposal = (idempotencyKey: string, body: ProposalEntry) => call<Schemas['RegisteredProposalOut']>('POST', '/proposals', { body, idempotencyKey })
export const amendProposal = (idempotencyKey: string, id: string, body: ProposalEntry & { version: number }) => call<Proposal>('PUT', `/proposals/${id}`, { body, idempotencyKey })
export const takeStep = (idempotencyKey: string, id: string, action: string, body: Partial<ProposalStep> & { version: number }) => call<Proposal>('POST', `/proposals/${id}/actions/${action}`, { body, idempotencyKey })
export const saveDraft = (idempotencyKey: string, id: string, body: Draft) => call<Proposal>('PUT', `/proposals/${id}/draft`, { body, idempotencyKey })
export const setCohosts = (idempotencyKey: string, id: string, cohosts: CohostEntry[]) => call<Proposal>('PUT', `/proposals/${id}/cohosts`, { body: { cohosts }, idempotencyKey })
export const contribute = (idempotencyKey: string, id: string, text: string) => call<Proposal>('PUT', `/proposals/${id}/contribution`, { body: { text }, idempotencyKey })
export const revealContact = (idempotencyKey: string, id: string, proposer: string, purpose: string) => call<{ value: string }>('POST', `/proposals/${id}/proposers/${proposer}/reveal`, { body: { purpose }, idempotencyKey })
export const setShown = (idempotencyKey: string, id: string, proposer: string, shown: boolean) => call<Proposal>('PUT', `/proposals/${id}/proposers/${proposer}/shown`, { body: { shown }, idempotencyKey })

export function useProposal(id: () => string) {
  const { locale } = useI18n()
  return useQuery({ queryKey: ['proposal', id, locale], queryFn: ({ signal }) => get<Proposal>(`/proposals/${id()}`, undefined, signal), placeholderData: keepPreviousData, refetchInterval: 60_000 })
}
export function useCounts(year: () => string, body: () => string) {
  const { locale } = useI18n()
  return useQuery({ queryKey: ['proposal-counts', year, body, locale], queryFn: ({ signal }) => get<ProposalCounts>('/proposals/counts', { year: year() || undefined, body: body() || undefined }, signal), placeholderData: keepPreviousData })
}
export const useHosts = (enabled: () => boolean) => useQuery({ queryKey: ['proposal-units'], queryFn: ({ signal }) => get<Schemas['HostUnitOut'][]>('/proposals/units', undefined, signal), enabled, staleTime: 60_000 })
