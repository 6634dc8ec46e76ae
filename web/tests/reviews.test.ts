import { describe, expect, it } from 'vitest'
import { keyOf, pairKeyOf } from '@/rooms/reviews/keys'

const press = (key: string, more: Record<string, unknown> = {}) =>
  keyOf({ key, code: '', shiftKey: false, ctrlKey: false, metaKey: false, altKey: false, repeat: false, target: document.body, ...more })

describe('keys of the queue', () => {
  it('chooses by the place of the digit, so that Shift asks for the one without the number', () => {
    expect(press('2', { code: 'Digit2' })).toEqual({ kind: 'person', index: 1, without: false })
    expect(press('@', { code: 'Digit2', shiftKey: true })).toEqual({ kind: 'person', index: 1, without: true })
  })
  it('knows new, not taken in, later, back, mine and why', () => {
    expect(['n', 's', 'l', 'ArrowLeft', 'a', 'w'].map((k) => press(k)?.kind)).toEqual(['new', 'skip', 'later', 'back', 'take', 'why'])
    expect(press('N', { shiftKey: true })).toEqual({ kind: 'new', without: true })
  })
  it('leaves typing and the browser alone', () => {
    expect([press('n', { target: document.createElement('input') }), press('s', { ctrlKey: true }), press('x'), press('1', { code: 'Digit1', repeat: true })]).toEqual([null, null, null, null])
  })
})

describe('keys of the pairs', () => {
  const pressed = (key: string, more: Record<string, unknown> = {}) =>
    pairKeyOf({ key, code: '', shiftKey: false, ctrlKey: false, metaKey: false, altKey: false, repeat: false, target: document.body, ...more })
  it('say one, two, later, back, mine and why', () => {
    expect(['s', 'D', 'l', 'ArrowRight', 'b', 'a', 'w'].map((k) => pressed(k))).toEqual(['same', 'apart', 'later', 'later', 'back', 'take', 'why'])
  })
  it('leave dialogs, tabs and keys held down alone, and work from a box that was ticked', () => {
    const inside = (role: string) => { const box = document.createElement('div'); box.setAttribute('role', role); return box }
    const tick = document.createElement('input')
    tick.type = 'checkbox'
    expect([pressed('s', { target: inside('dialog') }), pressed('ArrowRight', { target: inside('tab') }), pressed('ArrowRight', { target: inside('region') }), pressed('s', { repeat: true }), pressed('1')]).toEqual([null, null, null, null, null])
    expect([pressed('w', { target: tick }), pressed('s', { target: inside('tab') })]).toEqual(['why', 'same'])
  })
})
