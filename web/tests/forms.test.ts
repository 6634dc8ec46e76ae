/** A person's card: every row is as wide as the next, and no field is lost. */
import { describe, expect, it } from 'vitest'
import { PERSON_ROWS, cellsOf } from '@/rooms/forms/layout'

const facts = [...PERSON_ROWS.flat().map(([name]) => name), 'something_new'].map((name) => ({ name, label: name, display: null }))

describe('the rows of a person’s card', () => {
  it('fill six columns each', () => {
    for (const row of cellsOf(PERSON_ROWS, facts, () => undefined)) expect(row.reduce((sum, cell) => sum + 1 + cell.span, 0), row[0]?.name).toBe(6)
  })
  it('hold every field once, one that nobody placed in a row of its own', () => {
    const names = cellsOf(PERSON_ROWS, facts, () => undefined).flat().map((cell) => cell.name)
    expect([...names].sort()).toEqual(facts.map((f) => f.name).sort())
  })
  it('take a name of the page’s own', () => {
    expect(cellsOf([[['a', 5]]], [{ name: 'a', label: 'x', display: null }], () => 'y')[0]?.[0]?.label).toBe('y')
  })
})
