/** Decisions of search, saved filters and the map that need no page. */
import { describe, expect, it } from 'vitest'
import type { FiltersOfList } from '@/app/filters'
import { hitOf, pageFit, recent, remember } from '@/app/finding'
import { applyTo, chosenOf, sameValues } from '@/app/saved'
import { classesOf, classLabel, listOf, measureOf, valueOf, type Measure } from '@/rooms/places/measures'

const LISTS: Record<string, string> = { people: '/people', places_overdue: '/key-places?due=overdue', phone_share: '/people?missing=phone' }
const measure = (code: string): Measure => measureOf({ code, unit: code.endsWith('_share') ? 'share' : 'count', label: code, path: LISTS[code] ?? '', definition: null })

describe('a page', () => {
  it('fits by its beginning or initials before anywhere else', () => {
    expect([pageFit('Move-in requests', 'mir'), pageFit('Move-in requests', 'Move'), pageFit('Move-in requests', 'requests'), pageFit('Home', 'zz')])
      .toEqual([0, 0, 1, null])
    expect(pageFit('Home', '')).toBe(0)
  })
})

describe('a find', () => {
  const hit = { id: 'x', name: 'N', code: null, area_code: '370302', area_name: 'A', note: null, sex: '1', age: 40 }
  it('says what tells it apart and leads to its page', () => {
    expect(hitOf('person', hit, () => 'M')).toMatchObject({ key: 'person:x', note: 'M · 40 · A', to: '/people/x' })
    expect(hitOf('entity', { ...hit, note: 'Street 1' }, () => '')).toMatchObject({ note: 'Street 1 · A', to: '/entities/x' })
    expect(hitOf('area', { ...hit, id: '370302', note: 'T' }, () => '')).toMatchObject({ note: 'T', to: { query: { area: '370302' } } })
  })
  it('is remembered once, the latest first, five at most', () => {
    for (const id of ['a', 'b', 'c', 'a', 'd', 'e', 'f']) remember(hitOf('entity', { ...hit, id }, () => ''))
    expect(recent.value.map((h) => h.key)).toEqual(['f', 'e', 'd', 'a', 'c'].map((id) => `entity:${id}`))
  })
})

describe('a saved filter', () => {
  const list = (values: Record<string, string>): FiltersOfList => ({
    list: 'people', values, words: () => '', untouched: () => true, clear: () => { for (const key of Object.keys(values)) values[key] = '' },
  })
  it('keeps what is set, never who is looked at', () => {
    expect(chosenOf(list({ sex: '1', nation: '', account: 'u', person: 'p' }))).toEqual({ sex: '1' })
  })
  it('takes the place of what is set, as far as the list still has it', () => {
    const values = { sex: '1', nation: '01' }
    applyTo(list(values), { values: { sex: '2', gone: 'x' } })
    expect(values).toEqual({ sex: '2', nation: '' })
    expect([sameValues({ a: '1' }, { a: '1' }), sameValues({ a: '1' }, { a: '1', b: '2' }), sameValues({}, {})]).toEqual([true, false, true])
  })
})

describe('a measure', () => {
  it('says shares as shares, and of nothing that there is none', () => {
    expect([valueOf(measure('people'), 1234), valueOf(measure('phone_share'), 0.5), valueOf(measure('phone_share'), undefined)]).toEqual(['1,234', '50.0%', '–'])
  })
  it('has classes that leave out nothing', () => {
    const steps = classesOf(measure('phone_share'), [0.2, 1])
    expect([steps[0]?.from, steps[steps.length - 1]?.to]).toEqual([0, null])
    expect(steps.map((step) => classLabel(measure('phone_share'), step))).toContain('50%–70%')
    expect(classesOf(measure('phone_share'), [])).toEqual([])
  })
  it('leads to its list in the area', () => {
    expect(listOf(measure('people'), '370302')).toEqual({ path: '/people', query: { area: '370302' }, state: { exact: true } })
    expect(listOf(measure('places_overdue'), '370302')).toMatchObject({ path: '/key-places', query: { due: 'overdue', area: '370302' } })
  })
})
