/** Proposals: how states and opinions look. */
import { describe, expect, it } from 'vitest'
import { OPINIONS, STATES, toneOf, toneOfOpinion } from '@/rooms/proposals/states'

describe('states of proposals', () => {
  it('ask for attention where a unit has to take or assign, and rest once answered', () => {
    expect(STATES.filter((s) => toneOf(s) === 'warn')).toEqual(['reported', 'to_dispatch', 'to_take'])
    expect(STATES.filter((s) => toneOf(s) === 'ok')).toEqual(['closed', 'evaluated'])
    expect(toneOf(null)).toBe('idle')
  })
  it('tell opinions apart', () => {
    expect(OPINIONS.map(toneOfOpinion)).toEqual(['ok', 'warn', 'bad'])
  })
})
