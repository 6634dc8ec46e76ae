/** Keys of the queue: a number for somebody, with Shift without the row's number; N new, S not taken in, L later, B back, A mine. */
export type Act =
  | { kind: 'person'; index: number; without: boolean }
  | { kind: 'new'; without: boolean }
  | { kind: 'skip' }
  | { kind: 'later' }
  | { kind: 'back' }
  | { kind: 'take' }

type Pressed = Pick<KeyboardEvent, 'key' | 'code' | 'shiftKey' | 'ctrlKey' | 'metaKey' | 'altKey' | 'target'>

export function keyOf(event: Pressed): Act | null {
  if (event.ctrlKey || event.metaKey || event.altKey) return null
  const target = event.target as HTMLElement | null
  if (target?.closest?.('input, textarea, select, [contenteditable], [role=combobox], [role=listbox], [role=dialog]')) return null
  // Shift makes another character of a digit on most keyboards; the key's place tells which it was.
  const digit = /^(?:Digit|Numpad)([1-9])$/.exec(event.code)
  if (digit) return { kind: 'person', index: Number(digit[1]) - 1, without: event.shiftKey }
  switch (event.key.toLowerCase()) {
    case 'n': return { kind: 'new', without: event.shiftKey }
    case 's': return { kind: 'skip' }
    case 'l': case 'arrowright': return { kind: 'later' }
    case 'b': case 'arrowleft': return { kind: 'back' }
    case 'a': return { kind: 'take' }
    default: return null
  }
}
