/** The way a new case takes is told beforehand as the server settles it. */
import { describe, expect, it } from 'vitest'
import { defaultFor, leadOf, type Procedure } from '@/rooms/cases/procedures'

const way = (code: string, sources: Procedure['sources'] = []): Procedure => ({ code, label: code, note: '', certainty: 'inferred', source: '', urgent: false, sources })
const known = [way('standard'), way('alarm', ['sensor', 'camera']), way('quick')]

describe('the way a case takes that nobody chose one for', () => {
  it("is its category's", () => expect(defaultFor(known, 'quick', 'camera')?.code).toBe('quick'))
  it("is its door's where the category goes the standard way or is none", () => {
    expect(defaultFor(known, 'standard', 'camera')?.code).toBe('alarm')
    expect(defaultFor(known, undefined, 'sensor')?.code).toBe('alarm')
  })
  it('is the standard one else, for a category whose procedure is not there as well', () => {
    expect(defaultFor(known, 'proposal', 'resident')?.code).toBe('standard')
    expect(defaultFor([], 'quick', 'resident')).toBeUndefined()
  })
})

describe('the action that stands out on the page of a case', () => {
  const action = (code: string, main = false) => ({ code, main })
  it('is one alone, where several would do', () => expect(leadOf([action('file', true), action('refuse'), action('dispatch_first', true)])).toBe('file'))
  it('is settling on the spot, where that can still be done', () => expect(leadOf([action('file', true), action('settle', true)])).toBe('settle'))
  it('is none where nothing leads on', () => expect(leadOf([action('cancel')])).toBeUndefined())
})
