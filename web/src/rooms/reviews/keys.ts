/** Keys of the queue: a number for somebody, with Shift without the row's number; N new, S not taken in, L later, B back, A mine, W why. */
export type Act =
  | { kind: 'person'; index: number; without: boolean }
  | { kind: 'new'; without: boolean }
  | { kind: 'skip' }
  | { kind: 'later' }
  | { kind: 'back' }
  | { kind: 'take' }
  | { kind: 'why' }

type Pressed = Pick<KeyboardEvent, 'key' | 'code' | 'shiftKey' | 'ctrlKey' | 'metaKey' | 'altKey' | 'repeat' | 'target'>

/** Whether keys are the page's: not while something is typed or chosen, and a key held down decides once, since the next item is
 * there before it is let go. */
function mine(event: Pressed): boolean {
  if (event.ctrlKey || event.metaKey || event.altKey || event.repeat) return false
  const target = event.target as HTMLElement | null
  // The arrows move a table that is wider than its place, and go from tab to tab.
  if (event.key.startsWith('Arrow') && target?.closest?.('[role=region], [role=tab]')) return false
  return !target?.closest?.('input:not([type=checkbox]), textarea, select, [contenteditable], [role=combobox], [role=listbox], [role=dialog]')
}

export function keyOf(event: Pressed): Act | null {
  if (!mine(event)) return null
  // Shift makes another character of a digit on most keyboards; the key's place tells which it was.
  const digit = /^(?:Digit|Numpad)([1-9])$/.exec(event.code)
  if (digit) return { kind: 'person', index: Number(digit[1]) - 1, without: event.shiftKey }
  switch (event.key.toLowerCase()) {
    case 'n': return { kind: 'new', without: event.shiftKey }
    case 's': return { kind: 'skip' }
    case 'l': case 'arrowright': return { kind: 'later' }
    case 'b': case 'arrowleft': return { kind: 'back' }
    case 'a': return { kind: 'take' }
    case 'w': return { kind: 'why' }
    default: return null
  }
}

export type PairAct = 'same' | 'apart' | 'later' | 'back' | 'take' | 'why'

/** Keys of the pairs: S one person, D different people, L later, B back, A mine, W why. */
export function pairKeyOf(event: Pressed): PairAct | null {
  if (!mine(event)) return null
  switch (event.key.toLowerCase()) {
    case 's': return 'same'
    case 'd': return 'apart'
    case 'l': case 'arrowright': return 'later'
    case 'b': case 'arrowleft': return 'back'
    case 'a': return 'take'
    case 'w': return 'why'
    default: return null
  }
}
