/** The condition a builder holds, as the line the server reads. */
import { describe, expect, it } from 'vitest'
import type { CustomField } from '@/rooms/ledgers/catalogue'
import { FIELDS, FLAGS, customField, emptyLine, nothing, textOf, textOfLine } from '@/rooms/ledgers/condition'
import english from '@/i18n/en/ledgers.json'
import chinese from '@/i18n/zh-CN/ledgers.json'

const line = (field: string, more: Partial<ReturnType<typeof emptyLine>> = {}) => ({ ...emptyLine(), field, control: FIELDS.find((f) => f.name === field)?.control ?? '' as const, ...more })

describe('a line of a condition', () => {
  it('says bounds, one value or several, and nothing while it is not filled in', () => {
    expect(textOfLine(line('age', { from: 60 }))).toBe('age>=60')
    expect(textOfLine(line('age', { to: 14 }))).toBe('age<=14')
    expect(textOfLine(line('age', { from: 79, to: 60 }))).toBe('age=60..79')
    expect(textOfLine(line('age', { from: 0, to: 0 }))).toBe('age=0')
    expect(textOfLine(line('sex', { values: ['2'] }))).toBe('sex=2')
    expect(textOfLine(line('nation', { values: ['03', '回"族 x'] }))).toBe('nation in (03, "回族 x")')
    expect([line('age'), line('sex'), emptyLine()].map(textOfLine)).toEqual(['', '', ''])
  })
})

describe('a condition', () => {
  it('says custom fields as what they are, amounts and days quoted where a sign stands in them', () => {
    const of = (kind: CustomField['kind'], more: Partial<ReturnType<typeof emptyLine>>) => {
      const field = customField({ id: '7', label: '面积', measure: '', kind, choices: ['一级'] } as unknown as CustomField, [{ value: 'true', label: '是' }])
      return [textOfLine(line(field.name, { control: field.control, ...more })), field.options?.map((o) => o.value)]
    }
    expect(of('decimal', { from: 12.5 })[0]).toBe('custom:7>="12.5"')
    expect(of('integer', { from: 300, to: -5 })[0]).toBe('custom:7="-5"..300')
    expect(of('date', { to: '2026-01-31' })[0]).toBe('custom:7<="2026-01-31"')
    expect(of('boolean', { values: ['true'] })).toEqual(['custom:7=true', ['true']])
    expect(of('choice', { values: ['一级'] })).toEqual(['custom:7="一级"', ['一级']])
    expect(of('text', { values: ['木工', 'b'] })[0]).toBe('custom:7 in ("木工", b)')
  })
  it('joins what holds and what does not, and keeps an "or" by hand apart', () => {
    const built = { lines: [line('age', { from: 80 }), emptyLine()], flags: { lives_alone: 'yes', has_phone: 'no', has_id: '' } as const, more: ' 标签=低保 或 标签=特困 ' }
    expect(textOf(built)).toBe('age>=80 and lives_alone and not has_phone and (标签=低保 或 标签=特困)')
    expect(textOf({ ...nothing(), more: '60岁以上独居' })).toBe('60岁以上独居')
    expect(textOf(nothing())).toBe('')
  })
  it('has words for every field and flag in both languages', () => {
    for (const words of [english, chinese]) {
      expect(Object.keys(words.fields).sort()).toEqual(FIELDS.map((f) => f.name).sort())
      expect(Object.keys(words.flags).sort()).toEqual([...FLAGS].sort())
    }
  })
})
