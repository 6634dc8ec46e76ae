/** Keys of the page of conflicts: up and down, a number for a statement, Enter for what the rules propose. */
export type Act = { kind: 'move'; step: number } | { kind: 'choose'; index: number } | { kind: 'proposed' }

export function keyOf(event: Pick<KeyboardEvent, 'key' | 'ctrlKey' | 'metaKey' | 'altKey' | 'target'>): Act | null {
  if (event.ctrlKey || event.metaKey || event.altKey) return null
  const target = event.target as HTMLElement | null
  if (target?.closest?.('input, textarea, select, [contenteditable], [role=tab], [role=combobox], [role=listbox]')) return null
  if (event.key === 'j' || event.key === 'ArrowDown') return { kind: 'move', step: 1 }
  if (event.key === 'k' || event.key === 'ArrowUp') return { kind: 'move', step: -1 }
  if (/^[1-9]$/.test(event.key)) return { kind: 'choose', index: Number(event.key) - 1 }
  // Enter on a link or a button does what that says.
  if (event.key === 'Enter' && !target?.closest?.('a, button')) return { kind: 'proposed' }
  return null
}
