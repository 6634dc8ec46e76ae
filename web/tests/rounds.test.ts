/** Answers to a row: what is sent, what would be lost, and what somebody else has changed meanwhile. */
import { beforeEach, describe, expect, it } from 'vitest'
import type { AskedRow } from '@/api/types'
import { dropTyped, forgetTyped, keepTyped, takeTyped, typedSubjects } from '@/app/typed'
import { answersOf, clashesOf, heldBy, isTyped, saidBy, untouched } from '@/rooms/rounds/answers'

const asked = (field: string, need: 'blank' | 'stale' | null, value: string | null = null) =>
  ({ field, column: field, label: field, kind: 'text', code_list: null, choices: [], value, raw: value, dated: null as string | null, need })
const row = (version: number, ...cells: ReturnType<typeof asked>[]): AskedRow =>
  ({ person: 'p', version, name: '甲', area_code: '370302102201', values: {}, asked: cells })

describe('answers', () => {
  it('sends what was typed, and "there is none" for a blank that was ticked', () => {
    const one = row(1, asked('phone', 'blank'), asked('marital', 'stale', '已婚'), asked('work', 'blank'))
    expect(answersOf(one, { values: { phone: ' 123 ', marital: '' }, none: ['work'] })).toEqual({ phone: '123', work: null })
  })
  it('never takes a value away', () => {
    expect(answersOf(row(1, asked('marital', 'stale', '已婚')), { values: {}, none: ['marital'] })).toEqual({})
  })
  it('knows what would be lost', () => {
    expect(isTyped(untouched())).toBe(false)
    expect(isTyped({ values: { phone: '  ' }, none: [] })).toBe(false)
    expect(isTyped({ values: {}, none: ['phone'] })).toBe(true)
  })
  it('shows both values only where somebody typed and the value is another now', () => {
    const before = row(1, asked('phone', 'blank'), asked('marital', 'stale', '已婚'))
    const now = row(2, asked('phone', null, '13*****01'), asked('marital', 'stale', '已婚'))
    expect(clashesOf(saidBy(before), now, { values: { phone: '139', marital: '20' }, none: [] })).toEqual([{ field: 'phone', label: 'phone', theirs: '13*****01', mine: '139' }])
    expect(clashesOf(saidBy(before), now, untouched())).toEqual([])
  })
  it('tells two numbers with one mask apart by their days', () => {
    const before = row(1, { ...asked('phone', 'stale', '13*****01'), dated: '2024-01-01' })
    const now = row(2, { ...asked('phone', null, '13*****01'), dated: '2026-06-01' })
    expect(clashesOf(saidBy(before), now, { values: { phone: '139' }, none: [] })).toHaveLength(1)
  })
  it('keeps in sight what was typed into a field that is not asked for any more', () => {
    const now = row(2, asked('phone', null, '13*****01'), asked('marital', 'stale', '已婚'))
    expect(heldBy(now, { values: { phone: '139', marital: '20' }, none: [] })).toEqual(['phone'])
    expect(heldBy(now, untouched())).toEqual([])
  })
})

describe('what was typed', () => {
  beforeEach(() => sessionStorage.clear())
  it('is kept for the account that typed it, and goes with it', () => {
    keepTyped('a', 's', { values: { phone: '1' } })
    keepTyped('b', 's', { values: { phone: '2' } })
    expect(takeTyped('a', 's')).toEqual({ values: { phone: '1' } })
    forgetTyped('b')
    expect(takeTyped('a', 's')).toBeNull()
    expect(takeTyped('b', 's')).toEqual({ values: { phone: '2' } })
    dropTyped('b', 's')
    expect(takeTyped('b', 's')).toBeNull()
  })
  it('is found by the beginning of its subject, of the account alone', () => {
    keepTyped('a', 'r:1', {})
    keepTyped('a', 'r:2', {})
    keepTyped('a', 's:3', {})
    keepTyped('b', 'r:4', {})
    expect(typedSubjects('a', 'r:')).toEqual(['r:1', 'r:2'])
  })
  it('leaves what others keep in the tab alone', () => {
    sessionStorage.setItem('linli.reloaded:/x', '1')
    forgetTyped()
    expect(sessionStorage.getItem('linli.reloaded:/x')).toBe('1')
  })
})
