import { describe, expect, it } from 'vitest'
import { nextTick, ref, shallowRef } from 'vue'
import { useOneByOne } from '@/rooms/reviews/queue'

/** A list of five on pages of three: what the server still has, page by page. */
function served() {
  const held = [['a', 'b', 'c'], ['d', 'e']]
  const page = ref(0)
  const items = shallowRef<string[]>([...(held[0] ?? [])])
  const count = shallowRef({ value: 5, exact: true })
  const load = () => { items.value = [...(held[page.value] ?? [])]; count.value = { value: held.flat().length, exact: true } }
  const place = shallowRef<HTMLElement | null>(null)
  const queue = useOneByOne<string>({
    items, count, hasPrevious: ref(true), previous: () => { page.value = 0; load() }, query: { refetch: async () => { load() } },
  }, (x) => x, place)
  const decide = async (x: string) => { held.forEach((p, i) => { held[i] = p.filter((y) => y !== x) }); await queue.done(x) }
  return { queue, decide, load, page, place, held }
}

describe('one after the other', () => {
  it('has the next one at once, and counts what is left', async () => {
    const { queue, decide } = served()
    expect([queue.current.value, queue.left.value?.value]).toEqual(['a', 5])
    await decide('a')
    expect([queue.current.value, queue.left.value?.value]).toEqual(['b', 4])
  })
  it('goes on and back, round and round', () => {
    const { queue } = served()
    queue.step(-1)
    expect(queue.current.value).toBe('c')
    queue.step(1)
    queue.step(1)
    expect(queue.current.value).toBe('b')
  })
  it('counts nothing twice when the list is fetched anew behind it', async () => {
    const { queue, decide, load } = served()
    await decide('b')
    load()
    expect([queue.current.value, queue.left.value?.value]).toEqual(['a', 4])
  })
  it('stays with the one looked at when a colleague decided an earlier one, and with its place when that one is gone', () => {
    const { queue, load, held } = served()
    queue.step(1)
    held[0] = ['b', 'c']
    load()
    expect(queue.current.value).toBe('b')
    held[0] = ['c']
    load()
    expect(queue.current.value).toBe('c')
  })
  it('passes over nobody when the one looked at is gone along with earlier ones, and takes no key for who is there instead', () => {
    const { queue, load, held } = served()
    queue.step(1)
    expect(queue.unseen()).toBe(false)
    held[0] = ['c', 'x']
    load()
    expect([queue.current.value, queue.unseen()]).toEqual(['c', true])
  })
  it('waits for nobody after what was decided here', async () => {
    const { queue, decide } = served()
    await decide('a')
    expect([queue.current.value, queue.unseen()]).toEqual(['b', false])
  })
  it('begins again where the last of a page was decided', async () => {
    const { queue, decide } = served()
    queue.step(-1)
    await decide('c')
    await nextTick()
    expect(queue.current.value).toBe('a')
  })
  it('comes back to what was left for later on the page before', async () => {
    const { queue, decide, load, page } = served()
    page.value = 1
    load()
    await decide('d')
    await decide('e')
    expect([queue.current.value, queue.left.value?.value]).toEqual(['a', 3])
  })
  it('takes the focus that was on a button which is gone', async () => {
    const { decide, place } = served()
    place.value = document.createElement('article')
    place.value.tabIndex = -1
    document.body.append(place.value)
    await decide('a')
    expect(document.activeElement).toBe(place.value)
  })
})
