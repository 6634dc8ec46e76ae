/** How a home is lived in: the look of each state. Colour never stands alone: an icon and a word go with it. */
import type { Tone } from '@/components/StatusTag.vue'
import type { IconName } from '@/components/icons'
import type { HomeCell, HomeState } from '@/api/types'

export const STATES: readonly HomeState[] = ['occupied', 'rented', 'empty', 'other', 'unclear', 'nobody']
export const STATED: readonly HomeState[] = ['occupied', 'rented', 'empty', 'other']
export const LOOKS: Record<HomeState, { tone: Tone; icon: IconName }> = {
  occupied: { tone: 'ok', icon: 'household' },
  rented: { tone: 'brand', icon: 'key' },
  empty: { tone: 'idle', icon: 'stop' },
  other: { tone: 'ok', icon: 'people' },
  unclear: { tone: 'warn', icon: 'info' },
  nobody: { tone: 'warn', icon: 'warn' },
}

/** The first name of a home and how many more live there. */
export function headline(home: HomeCell): { name: string; more: number } {
  return { name: home.residents[0]?.name ?? '', more: Math.max(0, home.residents.length - 1) }
}
