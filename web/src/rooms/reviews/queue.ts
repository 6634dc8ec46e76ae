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

export function useOneByOne<T>(listed: Listed<T>, idOf: (item: T) => string, place: Readonly<Ref<HTMLElement | null>>) {
  /** Decided, and not yet gone from what was fetched. */
  const decided = ref<ReadonlySet<string>>(new Set())
  const open = computed(() => listed.items.value.filter((item) => !decided.value.has(idOf(item))))
  const left = computed<Count | undefined>(() => {
    const count = listed.count.value
    return count && { ...count, value: Math.max(0, count.value - (listed.items.value.length - open.value.length)) }
  })
  const at = ref(0)
  // Fetched anew the list may have others before the one looked at: that one stays, else a key would decide about somebody else.
  // At once, so that nothing else is ever shown in between.
  watch(open, (now, before) => {
    const held = before[at.value]
    const still = held === undefined ? -1 : now.findIndex((item) => idOf(item) === idOf(held))
    if (still >= 0) at.value = still
    else if (at.value >= now.length) at.value = 0
  }, { flush: 'sync' })
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
  return { left, current, step, done }
}
