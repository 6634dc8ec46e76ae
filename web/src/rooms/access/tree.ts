/** The unit tree as lines to draw: in order, with depth, leaving out what is folded away or does not match. */
import type { Unit } from '@/api/types'

export interface UnitLine { unit: Unit; depth: number; children: number; open: boolean }

export function flatten(units: readonly Unit[], closed: ReadonlySet<string>, words: string): UnitLine[] {
  const below = new Map<string | null, Unit[]>()
  const known = new Set(units.map((u) => u.id))
  for (const unit of units) {
    const parent = unit.parent_id && known.has(unit.parent_id) ? unit.parent_id : null
    const siblings = below.get(parent)
    if (siblings) siblings.push(unit)
    else below.set(parent, [unit])
  }
  const lines: UnitLine[] = []
  /** Answers whether anything at or below the unit matches; matching lines bring their ancestors along. */
  const walk = (unit: Unit, depth: number): boolean => {
    const children = below.get(unit.id) ?? []
    const open = words ? true : !closed.has(unit.id)
    const at = lines.length
    lines.push({ unit, depth, children: children.length, open })
    let hit = !words || unit.name.includes(words)
    if (open) for (const child of children) hit = walk(child, depth + 1) || hit
    if (!hit) lines.splice(at)
    return hit
  }
  for (const root of below.get(null) ?? []) walk(root, 0)
  return lines
}
