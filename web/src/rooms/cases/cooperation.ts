/** Calls of co-operation: who works on a case beside its unit. */
import { useQuery } from '@tanstack/vue-query'
import { call, get } from '@/api/client'
import type { CaseUnit, Schema } from '@/api/types'
import type { Tone } from '@/components/StatusTag.vue'

export type Cooperation = Schema['CooperationOut']
export type Support = Schema['SupportOut']
/** What a dialog of co-operation may ask for, and what was typed. */
export type Ask = 'unit' | 'what' | 'reason' | 'text' | 'until' | 'level' | 'document'
export interface Typed { unit: string; what: string; reason: string; text: string; until: string; level: string; document: string }
export type HandOver = Schema['HandOverOut']
export type Supervision = Schema['CaseSupervisionOut']
export type SupervisionRow = Schema['SupervisionRowOut']
export type SupervisedUnit = Schema['SupervisedUnitOut']
export const LEVELS = ['ordinary', 'priority', 'special'] as const
export const NOTE_TONES: Record<Supervision['standing'], Tone> = { open: 'warn', overdue: 'bad', answered: 'ok', withdrawn: 'idle' }
/** The month it is here, as figures of a month are asked for. */
export const thisMonth = () => new Date(Date.now() + 8 * 3_600_000).toISOString().slice(0, 7).replace('-', '')

export const useCooperation = (id: () => string) =>
  useQuery({ queryKey: ['case', id, 'cooperation'], queryFn: ({ signal }) => get<Cooperation>(`/cases/${id()}/cooperation`, undefined, signal), retry: false })
export const useUnitsToAsk = (id: () => string, enabled: () => boolean) =>
  useQuery({ queryKey: ['case-units-to-ask', id], queryFn: ({ signal }) => get<CaseUnit[]>(`/cases/${id()}/cooperation/units`, undefined, signal), enabled, staleTime: 60_000 })
/** Everything here is a POST below the case that answers nothing. */
export const post = (idempotencyKey: string, id: string, path: string, body: Record<string, unknown>) =>
  call<undefined>('POST', `/cases/${id}/${path}`, { body, idempotencyKey })
