import { describe, expect, it } from 'vitest'
import type { SourceRules } from '@/api/types'
import { GENERAL, cellKey, edited, held, readable } from '@/rooms/survivorship/edits'

const rules: SourceRules = {
  day: '2026-03-01',
  sources: [
    { code: 'manual', name: '人工', priority: 0, fixed: true },
    { code: 'police', name: '公安', priority: 10, fixed: false },
    { code: 'civil', name: '民政', priority: 30, fixed: false },
  ],
  fields: [
    { name: 'marital', label: '婚姻状况', exceptions: { civil: 5 } },
    { name: 'phone', label: '联系电话', exceptions: {} },
  ],
}

describe('the table of priorities', () => {
  it('shows exceptions, and the priority in general in its own row', () => {
    expect([held(rules, 'marital', 'civil'), held(rules, 'marital', 'police'), held(rules, GENERAL, 'police')]).toEqual(['5', '', '10'])
  })
  it('sends only what differs, an emptied exception as none', () => {
    const typed = { [cellKey('marital', 'civil')]: '', [cellKey('phone', 'civil')]: ' 7 ', [cellKey('phone', 'police')]: '', [cellKey(GENERAL, 'police')]: '10' }
    expect(edited(rules, typed)).toEqual([
      { field: 'marital', source: 'civil', priority: null },
      { field: 'phone', source: 'civil', priority: 7 },
    ])
  })
  it('leaves out what cannot be read', () => {
    expect(edited(rules, { [cellKey('phone', 'civil')]: '0', [cellKey(GENERAL, 'civil')]: '' })).toEqual([])
    expect([readable('99'), readable('0'), readable('x'), readable('')]).toEqual([true, false, false, true])
  })
})
