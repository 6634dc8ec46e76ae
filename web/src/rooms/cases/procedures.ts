/** The ways a case can go, and the record of a mediation. */
import { useQuery } from '@tanstack/vue-query'
import { useI18n } from 'vue-i18n'
import { call, get } from '@/api/client'
import type { components } from '@/api/schema'

export type Procedure = components['schemas']['ProcedureOut']
export type MediationPage = components['schemas']['MediationPageOut']
export type Mediation = components['schemas']['MediationOut']
export type MediationEntry = components['schemas']['MediationIn']
export type FollowUp = Omit<components['schemas']['FollowUpIn'], 'on'> & { on: string | null }

/** What steps ask for that few have. */
export const ASKED = ['procedure', 'level', 'channel', 'body', 'document'] as const
export type Asked = Partial<Record<(typeof ASKED)[number], string>>
export const LEVELS = ['general', 'major'] as const
export const CHANNELS = ['phone', 'visit', 'message', 'online'] as const
export const SIDES = ['applicant', 'respondent', 'third'] as const
export const DISPUTES = [
  'marriage', 'neighbours', 'personality', 'property', 'tort', 'contract', 'labour', 'lending', 'land', 'civil', 'building', 'welfare',
  'enforcement', 'litigation', 'discipline', 'religion', 'other',
] as const
export const REFERRALS = ['court', 'arbitration', 'administration', 'police', 'again'] as const
export const KEPT = ['full', 'part', 'none'] as const

/** The one action of those allowed that stands out: what a procedure is for before what any case may do. */
export const leadOf = (actions: readonly { code: string; main: boolean }[]): string | undefined =>
  (actions.find((a) => a.code === 'settle') ?? actions.find((a) => a.main))?.code

export function useProcedures() {
  const { locale } = useI18n()
  return useQuery({ queryKey: ['case-procedures', locale], queryFn: ({ signal }) => get<Procedure[]>('/cases/procedures', undefined, signal), staleTime: 600_000 })
}
/** Which way a case takes that nobody chose one for, as the server settles it: its category's, else that of its door. */
export function defaultFor(known: readonly Procedure[], category: string | undefined, source: string): Procedure | undefined {
  return known.find((p) => p.code === category && p.code !== 'standard') ?? known.find((p) => p.sources.includes(source as never)) ?? known[0]
}

export const useMediation = (id: () => string) =>
  useQuery({ queryKey: ['case-mediation', id], queryFn: ({ signal }) => get<MediationPage>(`/cases/${id()}/mediation`, undefined, signal) })
export const keepMediation = (idempotencyKey: string, id: string, body: MediationEntry) =>
  call<MediationPage>('PUT', `/cases/${id}/mediation`, { body, idempotencyKey })
export const followUp = (idempotencyKey: string, id: string, body: FollowUp) =>
  call<MediationPage>('POST', `/cases/${id}/mediation/follow-up`, { body, idempotencyKey })
export const revealMediation = (idempotencyKey: string, id: string, purpose: string, round: number | null) =>
  call<Mediation>('POST', `/cases/${id}/mediation/reveal`, { body: { purpose, round }, idempotencyKey })
