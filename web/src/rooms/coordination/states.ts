/** Colours of states and marks; they mean the same everywhere. */
import type { Tone } from '@/components/StatusTag.vue'
import type { IconName } from '@/components/icons'
import type { Mark, PlanState, TaskState } from './api'

export const TASK_TONES: Record<TaskState, Tone> = { waiting: 'idle', doing: 'brand', done: 'ok', dropped: 'idle' }
export const PLAN_TONES: Record<PlanState, Tone> = { draft: 'idle', running: 'brand', done: 'ok', dropped: 'idle' }
export const MARK_TONES: Record<Exclude<Mark, ''>, Tone> = { late: 'bad', coming: 'warn' }
export const STATE_ICONS: Record<TaskState, IconName> = { waiting: 'clock', doing: 'right', done: 'check', dropped: 'close' }
/** From which state a task goes to which; the server holds the same. */
export const STEPS: Record<TaskState, TaskState[]> = { waiting: ['doing', 'done', 'dropped'], doing: ['done', 'waiting', 'dropped'], done: ['doing'], dropped: ['waiting'] }
