/** A condition as the builder holds it, and the line of text the server reads (`intake/ledgers/condition_text.py`). */
export type Control = 'age' | 'number' | 'code' | 'tag'
export interface ConditionField { name: string; control: Control; list?: string }
export const FIELDS: ConditionField[] = [
  { name: 'age', control: 'age' },
  { name: 'sex', control: 'code', list: 'sex' },
  { name: 'population_kind', control: 'code', list: 'population_kind' },
  { name: 'home_kind', control: 'code', list: 'home_kind' },
  { name: 'tag', control: 'tag' },
  { name: 'left_behind_kind', control: 'code', list: 'left_behind_kind' },
  { name: 'household_size', control: 'number' },
  { name: 'relation_to_head', control: 'code', list: 'relation_to_head' },
  { name: 'marital', control: 'code', list: 'marital' },
  { name: 'nation', control: 'code', list: 'nation' },
  { name: 'education', control: 'code', list: 'education' },
  { name: 'political', control: 'code', list: 'political' },
]
export const FLAGS = ['lives_alone', 'is_head', 'has_phone', 'has_id', 'has_home'] as const
export type Flag = (typeof FLAGS)[number]

/** One line: a field with its values, or with bounds (empty: open). */
export interface Line { field: string; values: string[]; from: number | undefined; to: number | undefined }
/** What holds, does not hold, or is left out. */
export type Answer = 'yes' | 'no' | ''
export interface Built { lines: Line[]; flags: Partial<Record<Flag, Answer>>; more: string }

export const emptyLine = (): Line => ({ field: '', values: [], from: undefined, to: undefined })
export const nothing = (): Built => ({ lines: [], flags: {}, more: '' })

const said = (value: string): string => (/^\w+$/.test(value) ? value : `"${value.replaceAll('"', '')}"`)

export function textOfLine(line: Line): string {
  const { field, values, from, to } = line
  if (!field) return ''
  const control = FIELDS.find((f) => f.name === field)?.control
  if (control === 'age' || control === 'number') {
    if (from !== undefined && to !== undefined) return from === to ? `${field}=${from}` : `${field}=${Math.min(from, to)}..${Math.max(from, to)}`
    if (from !== undefined) return `${field}>=${from}`
    return to !== undefined ? `${field}<=${to}` : ''
  }
  if (!values.length) return ''
  return values.length === 1 ? `${field}=${said(values[0] ?? '')}` : `${field} in (${values.map(said).join(', ')})`
}

/** The whole as one line; what was typed by hand stands in brackets, so that an "or" in it stays its own. */
export function textOf(built: Built): string {
  const flags = FLAGS.flatMap((flag) => (built.flags[flag] === 'yes' ? [flag] : built.flags[flag] === 'no' ? [`not ${flag}`] : []))
  const parts = [...built.lines.map(textOfLine), ...flags].filter(Boolean)
  const more = built.more.trim()
  if (more) parts.push(parts.length ? `(${more})` : more)
  return parts.join(' and ')
}
