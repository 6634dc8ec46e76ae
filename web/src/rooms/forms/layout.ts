/** Which fields stand beside each other on a person's card, and how wide. A row has six columns: label and value take one each. */
export interface Cell { name: string; label: string; display: string | null; span: number }
interface FormFact { name: string; label: string; display: string | null }

/** Field and the columns its value takes. Fields that stand nowhere get a row of their own at the end. */
export const PERSON_ROWS: [string, number][][] = [
  [['name', 1], ['former_name', 1], ['sex', 1]],
  [['birth', 1], ['nation', 1], ['nationality', 1]],
  [['id_number', 3], ['phone', 1]],
  [['native_place', 1], ['marital', 1], ['political', 1]],
  [['education', 1], ['occupation', 1], ['household', 1]],
  [['workplace', 5]],
  [['population_kind', 1], ['register_consistent', 1], ['left_behind_kind', 1]],
  [['inflow_reason', 3], ['permit_kind', 1]],
  [['register_address', 5]],
  [['home', 5]],
]

export function cellsOf(rows: [string, number][][], facts: readonly FormFact[], named: (name: string) => string | undefined): Cell[][] {
  const known = new Map(facts.map((f) => [f.name, f]))
  const placed = new Set(rows.flat().map(([name]) => name))
  const cell = (name: string, span: number): Cell[] => {
    const fact = known.get(name)
    return fact ? [{ name, label: named(name) ?? fact.label, display: fact.display, span }] : []
  }
  const others = facts.filter((f) => !placed.has(f.name)).map((f) => cell(f.name, 5))
  return [...rows.map((row) => row.flatMap(([name, span]) => cell(name, span))), ...others].filter((row) => row.length)
}
