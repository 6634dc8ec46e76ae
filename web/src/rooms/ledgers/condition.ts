/** A condition as the builder holds it, and the line of text the server reads (`intake/ledgers/condition_text.py`). */
import type { Option } from '@/app/codes'
import type { CustomField } from './catalogue'

export type Control = 'age' | 'number' | 'code' | 'tag' | 'amount' | 'day' | 'choice' | 'words'
/** Something people are chosen by. A custom field brings its label and values along; the others have theirs in the words. */
export interface ConditionField { name: string; control: Control; list?: string; label?: string; options?: Option[] }
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
const CONTROLS: Record<CustomField['kind'], Control> = { integer: 'amount', decimal: 'amount', date: 'day', boolean: 'choice', choice: 'choice', text: 'words' }
/** A custom field to choose people by; nobody is chosen by what is kept encrypted. */
export const customField = (field: CustomField, yes: Option[]): ConditionField => ({
  name: `custom:${field.id}`, control: CONTROLS[field.kind], label: field.measure ? `${field.label} (${field.measure})` : field.label,
  options: field.kind === 'boolean' ? yes : field.choices.map((value) => ({ value, label: value })),
})
export const FLAGS = ['lives_alone', 'is_head', 'has_phone', 'has_id', 'has_home'] as const
export type Flag = (typeof FLAGS)[number]

/** One line: a field with its values, or with bounds (empty: open); days are bounds as YYYY-MM-DD. */
export interface Line { field: string; control: Control | ''; values: string[]; from: number | string | undefined; to: number | string | undefined }
/** What holds, does not hold, or is left out. */
export type Answer = 'yes' | 'no' | ''
export interface Built { lines: Line[]; flags: Partial<Record<Flag, Answer>>; more: string }

export const emptyLine = (): Line => ({ field: '', control: '', values: [], from: undefined, to: undefined })
export const nothing = (): Built => ({ lines: [], flags: {}, more: '' })

const said = (value: string): string => (/^\w+$/.test(value) ? value : `"${value.replaceAll('"', '')}"`)

export const BOUNDED: Control[] = ['age', 'number', 'amount', 'day']

export function textOfLine(line: Line): string {
  const { field, control, values, from, to } = line
  if (!field) return ''
  if (control && BOUNDED.includes(control)) {
    if (from !== undefined && to !== undefined) {
      const [low, high] = (from <= to ? [from, to] : [to, from]).map((bound) => said(String(bound)))
      return low === high ? `${field}=${low}` : `${field}=${low}..${high}`
    }
    if (from !== undefined) return `${field}>=${said(String(from))}`
    return to !== undefined ? `${field}<=${said(String(to))}` : ''
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
