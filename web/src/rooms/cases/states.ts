/** Stages, states and lights as the console shows them. */
import type { Tone } from '@/components/StatusTag.vue'

export const STAGES = ['collection', 'filing', 'dispatch', 'handling', 'feedback', 'closing', 'evaluation', 'ended'] as const
export const LIGHTS = ['green', 'amber', 'red'] as const
export const SOURCES = ['collector', 'resident', 'hotline', 'superior', 'visit'] as const
export const CLOCKS = ['urgent_hour', 'work_hour', 'work_day', 'natural_day'] as const
const IDLE = ['suspended', 'waiting', 'not_accepted', 'cancelled', 'merged']
const DONE = ['closed', 'evaluated']

/** The colour of a state: what is over is green or grey (what a body outside goes on with), what stands still is grey, what waits for somebody is the house's. */
export const toneOf = (state: string, transferred = false): Tone => (transferred ? 'idle' : DONE.includes(state) ? 'ok' : IDLE.includes(state) ? 'idle' : 'brand')
/** The colour of a request's outcome. */
export const toneOfRequest = (state: string): Tone => (state === 'granted' ? 'ok' : state === 'refused' ? 'bad' : state === 'waiting' ? 'warn' : 'idle')
/** The states each stage consists of, as the engine has them. */
export const STATES_OF: Record<string, readonly string[]> = {
  collection: ['reported', 'verify_report'], filing: ['to_file'], dispatch: ['to_dispatch'], handling: ['to_take', 'handling', 'waiting', 'suspended'],
  feedback: ['handed_back'], closing: ['check_result', 'to_close'], evaluation: ['closed', 'evaluated'], ended: ['not_accepted', 'cancelled', 'merged'],
}
