/** What was typed outlives a look at another page, and nothing outlives having been sent. */
import { mount } from '@vue/test-utils'
import { describe, expect, it } from 'vitest'
import { defineComponent } from 'vue'
import { useDraft } from '@/app/draft'

let name = 0
function form(draftName: string, blank: { typed: Record<string, string>; file: File | null; files?: File[] } = { typed: {}, file: null, files: [] }) {
  let draft!: ReturnType<typeof useDraft<typeof blank>>
  const page = mount(defineComponent({ setup() { draft = useDraft(draftName, blank); return () => null } }))
  return { draft, leave: () => page.unmount() }
}
/** Whether closing the window would be asked about. */
function asks(): boolean {
  const event = new Event('beforeunload', { cancelable: true })
  window.dispatchEvent(event)
  return event.defaultPrevented
}

describe('a draft', () => {
  it('is taken up where it was left, with the very file that was chosen', () => {
    const key = `d${(name += 1)}`
    const chosen = new File(['a'], 'a.csv')
    const first = form(key)
    first.draft.state.value.typed.name = '施未完'
    first.draft.state.value.file = chosen
    expect([first.draft.dirty.value, asks()]).toEqual([true, true])
    first.leave()
    expect(asks()).toBe(false)
    const again = form(key)
    expect(again.draft.resumed.value).toBe(true)
    expect(again.draft.state.value.typed.name).toBe('施未完')
    expect(again.draft.state.value.file).toBe(chosen)
    again.leave()
  })
  it('keeps the very files of a list, and another list is a change', () => {
    const key = `d${(name += 1)}`
    const files = [new File(['a'], 'a.csv'), new File(['b'], 'b.csv')]
    const first = form(key)
    first.draft.state.value.files = files
    expect(first.draft.dirty.value).toBe(true)
    first.leave()
    const again = form(key)
    expect(again.draft.state.value.files?.map((one) => one.name)).toEqual(['a.csv', 'b.csv'])
    expect(again.draft.state.value.files?.[1]).toBe(files[1])
    again.draft.done()
    again.leave()
  })
  it('is gone once it was sent or given up', () => {
    for (const end of ['done', 'discard'] as const) {
      const key = `d${(name += 1)}`
      const first = form(key)
      first.draft.state.value.typed.name = '施未完'
      first.draft[end]()
      expect(asks()).toBe(false)
      first.leave()
      const again = form(key)
      expect([again.draft.resumed.value, again.draft.state.value.typed.name]).toEqual([false, undefined])
      again.leave()
    }
  })
  it('starts from what had to be fetched, but never over what was typed', () => {
    const key = `d${(name += 1)}`
    const first = form(key)
    first.draft.begin({ typed: { name: 'suggested' }, file: null })
    expect([first.draft.state.value.typed.name, first.draft.dirty.value]).toEqual(['suggested', false])
    first.draft.state.value.typed.name = 'chosen'
    first.leave()
    const again = form(key)
    again.draft.begin({ typed: { name: 'suggested' }, file: null })
    expect([again.draft.state.value.typed.name, again.draft.dirty.value]).toEqual(['chosen', true])
    again.leave()
  })
})
