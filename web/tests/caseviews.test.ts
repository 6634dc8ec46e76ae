/** The cases in their views: dots on the map, and the cases chosen for one step. */
import { describe, expect, it } from 'vitest'
import { effectScope, ref } from 'vue'
import type { CaseRow } from '@/api/types'
import { SINGLE, sharesOf, spotAt, spotsOf, type Dot } from '@/rooms/places/dots'
import { unitOf, type View } from '@/rooms/places/view'
import { countFor, MOST_CHOSEN, useChosen, type Outcome } from '@/rooms/cases/views'
import zh from '@/i18n/zh-CN/caseViews.json'
import { STAGES, STATES_OF } from '@/rooms/cases/states'

const SIZE = { width: 800, height: 600 }
const [x, y] = unitOf(117.95, 36.6)
const view: View = { x, y, zoom: 12 }
const dot = (lon: number, lat: number, tone: Dot['tone'] = 1): Dot => ({ at: unitOf(lon, lat), tone })

describe('dots on the map', () => {
  it('are drawn one by one while they are few, the worst on top, and those out of sight not at all', () => {
    const spots = spotsOf([dot(117.95, 36.6, 3), dot(117.96, 36.6, 1), dot(120, 36.6, 2)], view, SIZE)
    expect(spots.map((s) => [s.tone, s.of])).toEqual([[1, [1]], [3, [0]]])
    expect(spots[1]?.at).toEqual([400, 300])
  })
  it('stand together when many, as one with their number and the share of each tone, and none is lost', () => {
    const dots = Array.from({ length: SINGLE + 1 }, (_, i) => dot(117.95 + (i % 100) * 1e-5, 36.6, i === 7 ? 3 : 1))
    const spots = spotsOf(dots, view, SIZE)
    expect(spots.length).toBeLessThan(10)
    expect(spots.flatMap((s) => s.of).length).toBe(SINGLE + 1)
    const late = spots.find((s) => s.of.includes(7))
    expect(late?.tones).toEqual([0, (late?.of.length ?? 0) - 1, 0, 1])
  })
  it('show one late case among many as a small part of their ring, the worst first, and the ring is whole', () => {
    const parts = sharesOf([0, 40, 0, 1])
    expect(parts.map((p) => p.tone)).toEqual([3, 1])
    const [red, green] = parts
    expect(red && red.to - red.from).toBeLessThan(0.06 * 2 * Math.PI)
    expect(red && red.to - red.from).toBeGreaterThan(0.03 * 2 * Math.PI)
    expect(green && red && green.to - red.from).toBeCloseTo(2 * Math.PI)
    const [half] = sharesOf([0, 5, 0, 5])
    expect(half && half.to - half.from).toBeCloseTo(Math.PI)
    expect(sharesOf([3, 0, 0, 0])).toHaveLength(1)
  })
  it('keep their cells while the ground is dragged', () => {
    const dots = Array.from({ length: SINGLE + 40 }, (_, i) => dot(117.95 + (i % 60) * 5e-4, 36.6 + (i % 7) * 5e-4))
    const parts = (v: View) => spotsOf(dots, v, SIZE).map((s) => s.of.join()).sort()
    expect(parts({ ...view, x: view.x + 3e-7 })).toEqual(parts(view))
  })
  it('are found under a finger, the topmost first', () => {
    const spots = spotsOf([dot(117.95, 36.6, 1), dot(117.950001, 36.6, 3)], view, SIZE)
    expect(spotAt(spots, [402, 301])?.tone).toBe(3)
    expect(spotAt(spots, [440, 300])).toBeNull()
  })
})

describe('chosen cases', () => {
  const row = (id: string, version = 1, state = 'to_take') => ({ id, number: `N${id}`, version, state, state_name: state }) as CaseRow
  const outcome = (id: string, more: Partial<Outcome>): Outcome => ({ id, number: `N${id}`, done: false, state: 'handling', state_name: '处置中', version: 2, code: '', refused: null, ...more }) as Outcome
  function begin() {
    const rows = ref([row('a'), row('b'), row('c', 1, 'reported')])
    const filters = ref('all')
    const waiting = ref(false)
    const choice = effectScope().run(() => useChosen(() => rows.value, () => filters.value, () => waiting.value))
    if (!choice) throw new Error('no scope')
    return { rows, filters, waiting, choice }
  }
  it('are those ticked, stay beyond their page, and go with the filters', async () => {
    const { rows, filters, choice } = begin()
    choice.takePage(true)
    expect(choice.whole.value).toBe(true)
    rows.value = [row('d')]
    await Promise.resolve()
    expect([...choice.chosen.keys()]).toEqual(['a', 'b', 'c'])
    filters.value = 'other'
    await Promise.resolve()
    expect(choice.chosen.size).toBe(0)
  })
  it('cannot be ticked while the list is about to be replaced, and stay as they were', () => {
    const { waiting, choice } = begin()
    choice.take(row('a'), true)
    waiting.value = true
    choice.take(row('b'), true)
    choice.take(row('a'), false)
    choice.takePage(true)
    expect([[...choice.chosen.keys()], choice.held.value]).toEqual([['a'], true])
    waiting.value = false
    choice.take(row('b'), true)
    expect([...choice.chosen.keys()]).toEqual(['a', 'b'])
  })
  it('are taken as they are shown now', async () => {
    const { rows, choice } = begin()
    choice.take(row('a'), true)
    rows.value = [row('a', 5, 'handling')]
    await Promise.resolve()
    expect(choice.chosen.get('a')).toMatchObject({ version: 5, state: 'handling' })
  })
  it('are at most as many as the server takes', () => {
    const { choice } = begin()
    for (let i = 0; i <= MOST_CHOSEN; i++) choice.take(row(String(i)), true)
    expect(choice.chosen.size).toBe(MOST_CHOSEN)
    expect(choice.full.value).toBe(true)
  })
  it('stay chosen where the step was refused, as they stand now, and go where it was done or they are gone', () => {
    const { choice } = begin()
    choice.takePage(true)
    choice.settle([outcome('a', { done: true }), outcome('b', { refused: '…' }), outcome('c', { version: null, state: null })])
    expect(choice.list.value).toEqual([{ id: 'b', number: 'Nb', version: 2, state: 'handling', state_name: '处置中' }])
    expect(countFor({ states: ['handling'] }, choice.list.value)).toBe(1)
  })
})

it('every state belongs to one stage and has a name', () => {
  expect(Object.keys(STATES_OF)).toEqual([...STAGES])
  expect(Object.values(STATES_OF).flat().sort()).toEqual(Object.keys(zh.state).sort())
})
