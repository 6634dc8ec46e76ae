import { describe, expect, it, vi } from 'vitest'
import { reactive, shallowRef } from 'vue'
import { ApiProblem } from '@/api/client'
import { useLatest } from '@/rooms/coordination/latest'
import { elsewhere, known, movedBy, type Card, type Figure, type Moved } from '@/rooms/practice/api'
import { entered, metricsSaid, partsSaid, type Typed } from '@/rooms/practice/typing'

const figure = (value: Figure['value']): Figure => ({ value, how: value === null ? null : 'computed', assessed_on: '2026-11-01', said_on: null })
const moved = (before: Figure['value'], after: Figure['value'], unit = '%'): Moved =>
  ({ metric: 'm', name: { zh: '率', en: 'rate' }, unit, before: figure(before), after: figure(after), stated_before: 1, stated_after: 99, indicators: [] })

describe('what a card moved', () => {
  it('is reckoned from assessments, never from what the author states', () => {
    expect(movedBy(moved(41, 83.5))).toBe(42.5)
    expect(movedBy(moved(0.1, 0.3))).toBe(0.2)
    expect(movedBy(moved(41, null))).toBeNull()
    expect(known(moved(null, 41))).toBe(false)
  })
  it('is no number where the figure is yes or no, and zero is a figure', () => {
    expect(movedBy(moved(false, true, 'bool'))).toBeNull()
    expect(movedBy(moved(0, 0, 'count'))).toBe(0)
  })
  it('is looked for elsewhere: the own cards of a community are left out', () => {
    expect(elsewhere('B01', '370302005013')).toEqual({ path: '/tiers/practice', query: { indicator: 'B01', but: '370302005013' } })
    expect(elsewhere('B01').query).toEqual({ indicator: 'B01' })
  })
})

describe('a card somebody else saved meanwhile', () => {
  const card = (more: Partial<Card>): Card => ({
    id: 'c', version: 3, title: '楼门', scenario: 'care', tier: null, problem: '', done: '', cost: '10.00', cost_note: '', honours: '', recognition: null, recognitions: [],
    contact_unit: '', contact_post: '', before_on: null, after_on: null, source: '', parts: [], moved: [moved(41, 83)], ...more,
  }) as Card
  it('is shown beside what is typed, which stays, and what is saved next goes on from it', async () => {
    const [mine, theirs] = [card({}), card({ version: 4, title: '楼门长', parts: [{ name: '门禁', quantity: '2', unit: '套', note: '' }] })]
    const typed = reactive<Typed>({ ...entered(mine), problem: '写到一半' })
    const failed = shallowRef<unknown>(null)
    const latest = useLatest<Card, Typed>(() => mine, () => failed.value, () => Promise.resolve(theirs), () => typed, entered, () => [
      { key: 'title', label: 'title' }, { key: 'problem', label: 'problem' }, { key: 'parts', label: 'parts', says: partsSaid }, { key: 'metrics', label: 'metrics' }, { key: 'cost', label: 'cost' },
    ])
    expect([latest.version.value, latest.differences.value]).toEqual([3, null])
    failed.value = new ApiProblem(409, { code: 'tiers.practice_changed' })
    await vi.waitFor(() => expect(latest.version.value).toBe(4))
    expect(latest.differences.value?.map((d) => [d.key, d.now])).toEqual([['title', '楼门长'], ['problem', '–'], ['parts', '门禁 · 2 套']])
    latest.differences.value?.find((d) => d.key === 'parts')?.take?.()
    expect([typed.parts.length, typed.title, typed.problem]).toEqual([1, '楼门', '写到一半'])
    expect(latest.differences.value?.map((d) => d.key)).toEqual(['title', 'problem'])
  })
  it('says its figures by name, with what is stated of them', () => {
    expect(metricsSaid(entered(card({})).metrics, (code) => `<${code}>`)).toBe('<m> 1 → 99')
  })
})
