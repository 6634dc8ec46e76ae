/** Lists as cards, and log entries in words. */
import { mount } from '@vue/test-utils'
import { beforeAll, describe, expect, it } from 'vitest'
import { defineComponent, h } from 'vue'
import DataTable, { type Column } from '@/components/DataTable.vue'
import { i18n, setLanguage } from '@/i18n'
import { useDetail } from '@/rooms/access/detail'

beforeAll(() => setLanguage('en'))

describe('a list', () => {
  const columns: Column[] = [{ key: 'name', label: 'Name' }, { key: 'age', label: 'Age', brief: true, unit: ' years' }, { key: 'phone', label: 'Phone' }]
  const rows = [{ name: 'A', age: 0, phone: null }]
  const props = { columns, rows, rowKey: () => 'a', caption: 'People' }
  it('marks what a card leaves out and what stands beside the name', () => {
    const cells = mount(DataTable, { props, global: { plugins: [i18n] } }).findAll('tbody td')
    expect(cells.map((c) => c.classes().filter((x) => ['lead', 'brief', 'blank'].includes(x)))).toEqual([['lead'], ['brief'], ['blank']])
    expect(cells[1]?.attributes('data-unit')).toBe(' years')
    expect(cells[2]?.text()).toBe('–')
  })
  it('looks clickable only where a row opens something', () => {
    const opens = (more: object) => mount(DataTable, { props: { ...props, ...more }, global: { plugins: [i18n] } }).find('tbody tr').classes().includes('opens')
    expect([opens({}), opens({ onOpen: () => undefined })]).toEqual([false, true])
  })
})

describe('the detail of a change', () => {
  function words(detail: Record<string, unknown>): string {
    let said = ''
    mount(defineComponent({ setup() { const detailOf = useDetail(); said = detailOf(detail); return () => h('i') } }), { global: { plugins: [i18n] } })
    return said
  }
  it('is labelled and grouped', () => {
    expect(words({ bytes: 20750, skip_bad: true })).toBe('Size: 20 KB · Bad rows left out: Yes')
    expect(words({ count: 540000, since: '2026-11-22' })).toBe('Count: 540,000 · From: 2026-11-22')
    expect(words({ fields: ['name', 'workplace'] })).toBe('Fields: Name, workplace')
  })
  it('of two states says only what differs', () => {
    expect(words({ before: { name: 'A', active: true }, after: { name: 'B', active: true } })).toBe('Name: A → B')
    expect(words({ before: 'Clerk', after: 'Senior clerk' })).toBe('Name: Clerk → Senior clerk')
  })
  it('shows nothing for what is not there, and cuts ids and long lists', () => {
    expect(words({ until: null })).toBe('')
    expect(words({ account: '0193ab12-0000-7000-8000-000000000000' })).toBe('Account: 0193ab12…')
    expect(words({ codes: Array.from({ length: 9 }, (_, i) => String(i)) })).toBe('Areas: 0, 1, 2, 3, 4, 5, 6, 7 … (9 in all)')
  })
})
