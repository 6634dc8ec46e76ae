/** Changing many at once: which lines make a change, and which rows are meant. */
import { mount } from '@vue/test-utils'
import { beforeAll, describe, expect, it } from 'vitest'
import { defineComponent, h, nextTick, reactive } from 'vue'
import { i18n, setLanguage } from '@/i18n'
import { FIELDS, changesOf, complete } from '@/rooms/bulk/fields'
import SelectionBar from '@/rooms/bulk/SelectionBar.vue'
import { MOST_BY_HAND, useSelection } from '@/rooms/bulk/selection'

beforeAll(() => setLanguage('en'))

describe('the lines of a change', () => {
  it('count only when they say a value or that the field is emptied', () => {
    expect(complete({ field: 'marital', value: undefined, empties: false })).toBe(false)
    expect(complete({ field: '', value: '20', empties: false })).toBe(false)
    expect(changesOf([{ field: 'marital', value: '20', empties: false }, { field: 'occupation', value: undefined, empties: true }, { field: 'nation', value: ' ', empties: false }]))
      .toEqual({ marital: '20', occupation: null })
  })
  it('offer no field twice', () => {
    for (const fields of Object.values(FIELDS)) expect(new Set(fields.map((f) => f.name)).size).toBe(fields.length)
  })
})

describe('a selection', () => {
  const page = (from: number, count: number) => Array.from({ length: count }, (_, i) => ({ id: `p${from + i}` }))
  it('keeps what was picked from page to page and lets it go with the filter', async () => {
    const list = reactive({ rows: page(0, 3), filter: { area: 'a' } })
    const selection = useSelection(() => list.rows, () => ({ ...list.filter }))
    selection.pickPage(true)
    expect(selection.pageWhole.value).toBe(true)
    list.rows = page(3, 3)
    expect([selection.pageWhole.value, selection.picked.size]).toEqual([false, 3])
    selection.pick('p4', true)
    selection.pickAll()
    selection.pick('p4', false)
    expect([selection.all.value, selection.picked.size]).toEqual([false, 3])
    list.filter = { area: 'b' }
    await nextTick()
    expect(selection.picked.size).toBe(0)
  })
  it('takes no more by hand than the server does', () => {
    const selection = useSelection(() => page(0, MOST_BY_HAND + 5), () => ({}))
    selection.pickPage(true)
    expect(selection.picked.size).toBe(MOST_BY_HAND)
  })
  it('takes nothing while the list is about to be replaced, and keeps what was picked on the page before', async () => {
    const list = reactive({ rows: page(0, 3), waiting: false })
    const selection = useSelection(() => list.rows, () => ({}), () => list.waiting)
    const bar = mount(defineComponent({ render: () => h(SelectionBar, { selection, count: { value: 6, exact: true } }) }), { global: { plugins: [i18n] } })
    const able = () => ['input', '.plain-button', '.el-button--primary'].map((at) => bar.get(at).attributes('disabled') === undefined)
    selection.pick('p0', true)
    await nextTick()
    expect(able()).toEqual([true, true, true])
    list.waiting = true
    await nextTick()
    expect(able()).toEqual([false, false, false])
    selection.pick('p1', true)
    selection.pick('p0', false)
    selection.pickPage(true)
    selection.pickAll()
    expect([[...selection.picked], selection.all.value]).toEqual([['p0'], false])
    Object.assign(list, { rows: page(3, 3), waiting: false })
    selection.pick('p3', true)
    expect([...selection.picked]).toEqual(['p0', 'p3'])
  })
})
