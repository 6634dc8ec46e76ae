/** A change of codes as it is put together: what is asked of the server, and when. */
import { describe, expect, it } from 'vitest'
import { complete, emptyDraft, newCode, sums, wishOf } from '@/rooms/recodes/wish'

const VILLAGE = '370302102201'

describe('a change of codes', () => {
  it('keeps the code for a new name, takes that of the village it joins, else the one typed', () => {
    expect(newCode({ ...emptyDraft('rename'), old: VILLAGE })).toBe(VILLAGE)
    expect(newCode({ ...emptyDraft('merge'), old: VILLAGE, village: '370302102202' })).toBe('370302102202')
    expect(newCode({ ...emptyDraft('move'), old: VILLAGE, code: ' 370302103201 ' })).toBe('370302103201')
  })
  it('is looked at only once it says enough', () => {
    expect(complete({ ...emptyDraft('rename'), name: 'x' })).toBe(false)
    expect(complete({ ...emptyDraft('rename'), old: VILLAGE })).toBe(false)
    expect(complete({ ...emptyDraft('rename'), old: VILLAGE, kind: 'residents' })).toBe(true)
    expect(complete({ ...emptyDraft('merge'), old: VILLAGE, village: VILLAGE })).toBe(false)
    expect(complete({ ...emptyDraft('recode'), old: VILLAGE, code: '370302102' })).toBe(false)
    expect(complete({ ...emptyDraft('recode'), old: VILLAGE, code: '370302102299' })).toBe(true)
  })
  it('names kinds as the server does and leaves out what is kept', () => {
    expect(wishOf({ ...emptyDraft('rename'), old: VILLAGE, kind: 'residents' })).toEqual({ old: VILLAGE, new: VILLAGE, name: '', kind: '\u5c45\u59d4\u4f1a' })
    expect(wishOf({ ...emptyDraft('recode'), old: '370302102', code: '370302199', kind: 'street', on: '2026-01-02' }))
      .toEqual({ old: '370302102', new: '370302199', name: '', kind: '\u8857\u9053', effective_on: '2026-01-02' })
  })
  it('sums what goes along over the areas it lies in', () => {
    const row = (count: number) => ({ name: 'people', label: 'People', count, open_work: false })
    expect(sums([row(2), row(3)])).toEqual([row(5)])
  })
})
