/** Calls of planning and coordination: plans with tasks, meetings with decisions, visits and trainings. */
import { useInfiniteQuery, useQuery } from '@tanstack/vue-query'
import { call, get, type QueryValue } from '@/api/client'
import { usePaged } from '@/app/paging'

export interface Text { zh: string; en: string }
export type TaskState = 'waiting' | 'doing' | 'done' | 'dropped'
export type PlanState = 'draft' | 'running' | 'done' | 'dropped'
export type Mark = 'late' | 'coming' | ''
export const TASK_STATES: readonly TaskState[] = ['waiting', 'doing', 'done', 'dropped']
export const PLAN_STATES: readonly PlanState[] = ['draft', 'running', 'done', 'dropped']
export interface Task {
  id: string
  version: number
  area_code: string
  area_name: string
  plan_id: string | null
  /** Empty for one that stands alone. */
  plan_title: string
  plan_state: PlanState | null
  meeting_id: string | null
  title: string
  owner: string
  starts_on: string
  due_on: string
  done_on: string | null
  state: TaskState
  mark: Mark
  needs: string[]
  indicator: string
  indicator_name: string
  measure: string
  measure_name: Text | null
  note: string
  reason: string
  synthetic: boolean
  changed_at: string
  changed_by_name: string
  may_edit: boolean
  may_move: boolean
}
export type Counts = Record<TaskState | 'late' | 'coming', number>
export interface Tasks { counts: Counts; items: Task[]; next: string | null; today: string }
export interface Plan {
  id: string
  version: number
  area_code: string
  area_name: string
  title: string
  state: PlanState
  origin: string
  note: string
  reason: string
  synthetic: boolean
  tasks: number
  done: number
  late: number
  first_on: string | null
  last_on: string | null
  created_by_name: string
  created_by_unit: string
  created_at: string
  changed_at: string
  changed_by_name: string
  may_edit: boolean
}
export interface PlanDetail { plan: Plan; steps: PlanState[]; tasks: Task[]; today: string }
export interface Area { code: string; name: string }
export interface Meeting {
  id: string
  version: number
  area_code: string
  area_name: string
  areas: Area[]
  title: string
  held_on: string
  begins: string
  place: string
  points: number
  decided: number
  /** Set when it does not take place. */
  cancelled_at: string | null
  synthetic: boolean
  may_edit: boolean
}
export interface Point { id: string | null; title: string; by: string; notes: string }
export interface Decision { id: string; item: string | null; text: string; task_id: string | null; task: Task | null }
export interface MeetingDetail extends Meeting { chair: string; attending: string; agenda: Point[]; decisions: Decision[]; cancelled_by_name: string; cancelled_reason: string; restored_at: string | null; restored_by_name: string; restored_reason: string; may_restore: boolean; changed_at: string; changed_by_name: string }
export interface Visit {
  id: string
  version: number
  area_code: string
  area_name: string
  areas: Area[]
  kind: 'visit' | 'training'
  topic: string
  held_on: string
  host: string
  place: string
  /** How many people, null until it is known. */
  attendance: number | null
  note: string
  cancelled_at: string | null
  cancelled_by_name: string
  cancelled_reason: string
  restored_at: string | null
  restored_by_name: string
  restored_reason: string
  may_restore: boolean
  synthetic: boolean
  may_edit: boolean
}
export interface Parts { open: number; late: number; plans: Plan[]; tasks: Task[]; meetings: Meeting[]; visits: Visit[]; today: string }
export interface Choices { areas: Area[]; indicators: Area[]; measures: { code: string; name: Text }[] }

export interface TaskFields { title: string; owner: string; starts_on: string; due_on: string; needs: string[]; indicator: string; measure: string; note: string; reason: string }
export interface NewTask extends TaskFields { area_code: string; plan_id: string | null }
export interface MeetingFields { title: string; held_on: string; begins: string; place: string; chair: string; attending: string; areas: string[]; agenda: Point[] }
export interface VisitFields { kind: 'visit' | 'training'; topic: string; held_on: string; host: string; place: string; attendance: number | null; note: string; areas: string[] }

const AT = '/tiers/coordination'
/** What every write here changes. */
export const REFRESH = ['coordination']
/** As many as one page of the API gives. */
const MOST = 200
type Asked = Record<string, QueryValue>

/** Tasks, the earliest due first, `size` at a time; the next ones come in behind those that are there. */
export const useTasks = (asked: () => Asked, size: () => number, enabled: () => boolean = () => true) => useInfiniteQuery({
  queryKey: ['coordination', 'tasks', asked, size],
  queryFn: ({ signal, pageParam }) => get<Tasks>(`${AT}/tasks`, { ...asked(), limit: size(), ...(pageParam ? { cursor: pageParam } : {}) }, signal),
  initialPageParam: '',
  getNextPageParam: (last) => last.next ?? undefined,
  enabled,
})
export const getTask = (id: string) => get<Task>(`${AT}/tasks/${id}`)
export const getPlan = (id: string) => get<PlanDetail>(`${AT}/plans/${id}`)
export const getMeeting = (id: string) => get<MeetingDetail>(`${AT}/meetings/${id}`)
export const getVisit = (id: string) => get<Visit>(`${AT}/visits/${id}`)
export const usePlans = (asked: () => Asked, enabled: () => boolean = () => true) => useQuery({
  queryKey: ['coordination', 'plans', asked],
  queryFn: ({ signal }) => get<{ items: Plan[]; next: string | null }>(`${AT}/plans`, { ...asked(), limit: MOST }, signal),
  enabled,
})
export const usePlan = (id: () => string, enabled: () => boolean = () => true) => useQuery({
  queryKey: ['coordination', 'plan', id],
  queryFn: ({ signal }) => get<PlanDetail>(`${AT}/plans/${id()}`, undefined, signal),
  enabled,
})
/** A page of a list; every list here is walked by cursors. */
const listed = <R>(what: 'plans' | 'meetings' | 'visits', asked: () => Asked) => usePaged<R>('coordination', () => ({ list: what, ...asked() }),
  async ({ list, ...query }, signal) => get<{ items: R[]; next: string | null }>(`${AT}/${String(list)}`, query as Asked, signal) as never)
export const usePlanPages = (asked: () => Asked) => listed<Plan>('plans', asked)
export const useMeetingPages = (asked: () => Asked) => listed<Meeting>('meetings', asked)
export const useVisitPages = (asked: () => Asked) => listed<Visit>('visits', asked)
export const useMeeting = (id: () => string) => useQuery({
  queryKey: ['coordination', 'meeting', id],
  queryFn: ({ signal }) => get<MeetingDetail>(`${AT}/meetings/${id()}`, undefined, signal),
})
export const useParts = (code: () => string) => useQuery({
  queryKey: ['coordination', 'parts', code],
  queryFn: ({ signal }) => get<Parts>(`${AT}/communities/${encodeURIComponent(code())}`, undefined, signal),
})
export const useChoices = () => useQuery({
  queryKey: ['coordination-choices'],
  queryFn: ({ signal }) => get<Choices>(`${AT}/choices`, undefined, signal),
  staleTime: 600_000,
})

export const addTask = (idempotencyKey: string, body: NewTask) => call<Task>('POST', `${AT}/tasks`, { body, idempotencyKey })
export const changeTask = (idempotencyKey: string, id: string, body: TaskFields & { version: number }) => call<Task>('PUT', `${AT}/tasks/${id}`, { body, idempotencyKey })
export interface Move { version: number; state: TaskState; done_on?: string | null; reason?: string }
export const moveTask = (idempotencyKey: string, id: string, body: Move) => call<Task>('POST', `${AT}/tasks/${id}/state`, { body, idempotencyKey })
export const addPlan = (idempotencyKey: string, body: { area_code: string; title: string; note: string; measures: string[] }) => call<PlanDetail>('POST', `${AT}/plans`, { body, idempotencyKey })
export const changePlan = (idempotencyKey: string, id: string, body: { version: number; title: string; note: string }) => call<PlanDetail>('PUT', `${AT}/plans/${id}`, { body, idempotencyKey })
export const movePlan = (idempotencyKey: string, id: string, body: { version: number; state: PlanState; reason: string }) => call<PlanDetail>('POST', `${AT}/plans/${id}/state`, { body, idempotencyKey })
export const addMeeting = (idempotencyKey: string, body: MeetingFields & { area_code: string }) => call<MeetingDetail>('POST', `${AT}/meetings`, { body, idempotencyKey })
export const changeMeeting = (idempotencyKey: string, id: string, body: MeetingFields & { version: number }) => call<MeetingDetail>('PUT', `${AT}/meetings/${id}`, { body, idempotencyKey })
export const decide = (idempotencyKey: string, id: string, body: { version: number; text: string; item: string | null; task: NewTask | null }) => call<MeetingDetail>('POST', `${AT}/meetings/${id}/decisions`, { body, idempotencyKey })
export const makeTask = (idempotencyKey: string, id: string, decision: string, body: { version: number; task: NewTask }) => call<MeetingDetail>('POST', `${AT}/meetings/${id}/decisions/${decision}/task`, { body, idempotencyKey })
export const addVisit = (idempotencyKey: string, body: VisitFields & { area_code: string }) => call<Visit>('POST', `${AT}/visits`, { body, idempotencyKey })
export const changeVisit = (idempotencyKey: string, id: string, body: VisitFields & { version: number }) => call<Visit>('PUT', `${AT}/visits/${id}`, { body, idempotencyKey })
export const cancelMeeting = (idempotencyKey: string, id: string, body: { version: number; reason: string }) => call<MeetingDetail>('POST', `${AT}/meetings/${id}/cancel`, { body, idempotencyKey })
export const restoreMeeting = (idempotencyKey: string, id: string, body: { version: number; reason: string }) => call<MeetingDetail>('POST', `${AT}/meetings/${id}/restore`, { body, idempotencyKey })
export const restoreVisit = (idempotencyKey: string, id: string, body: { version: number; reason: string }) => call<Visit>('POST', `${AT}/visits/${id}/restore`, { body, idempotencyKey })
export const cancelVisit = (idempotencyKey: string, id: string, body: { version: number; reason: string }) => call<Visit>('POST', `${AT}/visits/${id}/cancel`, { body, idempotencyKey })
export const MINUTES = ['docx', 'pdf'] as const
export const minutesAt = (id: string, form: (typeof MINUTES)[number]) => `${AT}/meetings/${id}/minutes?form=${form}`
