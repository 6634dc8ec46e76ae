/** How the states and opinions of proposals look. */
import type { Tone } from '@/components/StatusTag.vue'

export const STATES = ['reported', 'to_dispatch', 'to_take', 'handling', 'handed_back', 'check_result', 'to_close', 'closed', 'evaluated'] as const
export const OPINIONS = ['satisfied', 'basically', 'dissatisfied'] as const
export const BODIES = ['cppcc', 'congress'] as const
export const ROLES = ['assisting', 'separate'] as const
const TONES: Record<string, Tone> = { closed: 'ok', evaluated: 'ok', reported: 'warn', to_dispatch: 'warn', to_take: 'warn' }
export const toneOf = (state: string | null): Tone => (state === null ? 'idle' : TONES[state] ?? 'brand')
export const toneOfOpinion = (opinion: string): Tone => (opinion === 'dissatisfied' ? 'bad' : opinion === 'basically' ? 'warn' : 'ok')
