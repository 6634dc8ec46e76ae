/** One after the other: who is looked at now, the way on and back, and what was decided here going at once. */
import { computed, nextTick, ref, watch, type Ref } from 'vue'
import type { Count } from '@/api/types'

interface Listed<T> {
  items: Readonly<Ref<readonly T[]>>
  count: Readonly<Ref<Count | undefined>>
  hasPrevious: Readonly<Ref<boolean>>
  previous: () => void
  query: { refetch: () => Promise<unknown> }
}

/** Nobody has read another record, and decided about it, within so many milliseconds. */
const UNSEEN_MS = 400

export function useOneByOne<T>(listed: Listed<T>, idOf: (item: T) => string, place: Readonly<Ref<HTMLElement | null>>) {
  /** Decided, and not yet gone from what was fetched. */
  const decided = ref<ReadonlySet<string>>(new Set())
  const open = computed(() => listed.items.value.filter((item) => !decided.value.has(idOf(item))))
  const left = computed<Count | undefined>(() => {
    const count = listed.count.value
    return count && { ...count, value: Math.max(0, count.value - (listed.items.value.length - open.value.length)) }
  })
  const at = ref(0)
  let swapped = -UNSEEN_MS
  // Fetched anew the list may have others before the one looked at: that one stays, else a key would decide about somebody else.
  // Where it is gone, the first of those after it is next. At once, so that nothing else is ever shown in between.
  watch(open, (now, before) => {
    const held = before[at.value]
    const places = new Map(now.map((item, place) => [idOf(item), place]))
    at.value = before.slice(at.value).map((item) => places.get(idOf(item))).find((place) => place !== undefined) ?? 0
    if (held !== undefined && !places.has(idOf(held)) && !decided.value.has(idOf(held))) swapped = performance.now()
  }, { flush: 'sync' })
  /** The one looked at went by itself a moment ago: a key pressed now was meant for it. */
  const unseen = (): boolean => performance.now() - swapped < UNSEEN_MS
  const current = computed(() => open.value[at.value])

  function step(by: number): void {
    if (open.value.length) at.value = (at.value + by + open.value.length) % open.value.length
  }
  /** Takes one away; the next is there at once. When a page is done it is fetched anew, and after it what was left for later. */
  async function done(item: T): Promise<void> {
    decided.value = new Set([...decided.value, idOf(item)])
    if (!open.value.length) {
      await listed.query.refetch()
      if (!open.value.length && listed.hasPrevious.value) listed.previous()
    }
    await nextTick()
    // Whoever pressed a button that is gone is not left nowhere: what is there now is said, and tabbed on from.
    if (!document.activeElement || document.activeElement === document.body) place.value?.focus({ preventScroll: true })
  }
  return { left, current, step, done, unseen }
}
