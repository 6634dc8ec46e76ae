import { describe, expect, it } from 'vitest'
import { keyOf } from '@/rooms/reviews/keys'

const press = (key: string, more: Record<string, unknown> = {}) =>
  keyOf({ key, code: '', shiftKey: false, ctrlKey: false, metaKey: false, altKey: false, target: document.body, ...more })

describe('keys of the queue', () => {
  it('chooses by the place of the digit, so that Shift asks for the one without the number', () => {
    expect(press('2', { code: 'Digit2' })).toEqual({ kind: 'person', index: 1, without: false })
    expect(press('@', { code: 'Digit2', shiftKey: true })).toEqual({ kind: 'person', index: 1, without: true })
  })
  it('knows new, not taken in, later, back and mine', () => {
    expect(['n', 's', 'l', 'ArrowLeft', 'a'].map((k) => press(k)?.kind)).toEqual(['new', 'skip', 'later', 'back', 'take'])
    expect(press('N', { shiftKey: true })).toEqual({ kind: 'new', without: true })
  })
  it('leaves typing and the browser alone', () => {
    expect([press('n', { target: document.createElement('input') }), press('s', { ctrlKey: true }), press('x')]).toEqual([null, null, null])
  })
})
