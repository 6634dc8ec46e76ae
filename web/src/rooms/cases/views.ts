/** The list of cases in its three views, and the cases chosen in it for one step. */
import { keepPreviousData, useQuery } from '@tanstack/vue-query'
import { computed, reactive, watch } from 'vue'
import { call, get, getAgain, type QueryValue } from '@/api/client'
import type { components } from '@/api/schema'
import type { CaseRow } from '@/api/types'
import type { Step } from './api'

export type BoardColumn = Omit<components['schemas']['CaseColumnOut'], 'cards'> & { cards: CaseRow[] }
export type CasePoints = components['schemas']['CasePointsOut']
export type ManyAction = components['schemas']['ManyActionOut']
export type ManyResult = components['schemas']['ManyOut']
export type Outcome = components['schemas']['OutcomeOut']
export type View = 'list' | 'board' | 'map'
export const VIEWS: View[] = ['list', 'board', 'map']
export type Asked = Record<string, QueryValue>

/** Looked at anew each minute, like the list. */
const LIVE = { refetchInterval: 60_000, placeholderData: keepPreviousData }
export const useBoard = (asked: () => Asked) =>
  useQuery({ queryKey: ['cases', 'board', asked], queryFn: ({ signal }) => getAgain<BoardColumn[]>('/cases/board', asked(), signal), ...LIVE })
export const usePoints = (asked: () => Asked) =>
  useQuery({ queryKey: ['cases', 'points', asked], queryFn: ({ signal }) => getAgain<CasePoints>('/cases/points', asked(), signal), ...LIVE })
export const useManyActions = (enabled: () => boolean) =>
  useQuery({ queryKey: ['case-many-actions'], queryFn: ({ signal }) => get<ManyAction[]>('/cases/batch/actions', undefined, signal), enabled, staleTime: 600_000 })
export const stepInMany = (idempotencyKey: string, action: string, body: Omit<Step, 'version'> & { cases: { id: string; version: number }[] }) =>
  call<ManyResult>('POST', `/cases/batch/${action}`, { body, idempotencyKey })

/** The server takes so many at once. */
export const MOST_CHOSEN = 200
export type ChosenCase = Pick<CaseRow, 'id' | 'number' | 'version' | 'state' | 'state_name'>

/**
 * The cases ticked in the list. They stay while one pages through it, and go when other filters show another list;
 * while what is shown is `waiting` to be replaced, none can be ticked.
 */
export function useChosen(shown: () => readonly CaseRow[], filters: () => unknown, waiting: () => boolean = () => false) {
  const chosen = reactive(new Map<string, ChosenCase>())
  const held = computed(waiting)
  const full = computed(() => chosen.size >= MOST_CHOSEN)
  const whole = computed(() => shown().length > 0 && shown().every((row) => chosen.has(row.id)))
  const list = computed(() => [...chosen.values()])
  const keep = ({ id, number, version, state, state_name }: ChosenCase) => chosen.set(id, { id, number, version, state, state_name })
  function take(row: ChosenCase, on: boolean): void {
    if (held.value) return
    if (!on) chosen.delete(row.id)
    else if (!full.value) keep(row)
  }
  const takePage = (on: boolean) => { for (const row of shown()) take(row, on) }
  /** What is done is no longer chosen; what was refused is, as it stands now. */
  function settle(outcomes: readonly Outcome[]): void {
    for (const o of outcomes) {
      const before = chosen.get(o.id)
      if (o.done || o.version === null || !o.state) chosen.delete(o.id)
      else if (before) chosen.set(o.id, { ...before, version: o.version, state: o.state, state_name: o.state_name })
    }
  }
  // A row that is shown anew is what one looks at: the step is taken on that.
  watch(shown, (rows) => { for (const row of rows) if (chosen.has(row.id)) keep(row) })
  watch(() => JSON.stringify(filters()), () => chosen.clear())
  return { chosen, list, full, whole, held, take, takePage, settle, clear: () => chosen.clear() }
}
export type Choice = ReturnType<typeof useChosen>

/** In how many of the chosen cases a step is of the state they are in. */
export const countFor = (action: Pick<ManyAction, 'states'>, cases: readonly ChosenCase[]): number =>
  cases.filter((c) => (action.states as string[]).includes(c.state)).length
