import { describe, expect, it } from 'vitest'
import { keyOf } from '@/rooms/conflicts/keys'

const press = (key: string, more: Partial<KeyboardEvent> = {}) => keyOf({ key, ctrlKey: false, metaKey: false, altKey: false, target: document.body, ...more })

describe('keys of the page of conflicts', () => {
  it('moves, chooses by number and takes the proposal', () => {
    expect([press('j'), press('ArrowUp'), press('2'), press('Enter')]).toEqual([{ kind: 'move', step: 1 }, { kind: 'move', step: -1 }, { kind: 'choose', index: 1 }, { kind: 'proposed' }])
  })
  it('leaves keys alone that belong to a field, a button or the browser', () => {
    const field = document.createElement('input')
    const button = document.createElement('button')
    expect([press('2', { target: field }), press('Enter', { target: button }), press('1', { ctrlKey: true }), press('x')]).toEqual([null, null, null, null])
  })
})
