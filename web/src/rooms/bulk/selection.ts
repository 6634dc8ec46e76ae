/** Rows of a list picked for something that is done to many: some by hand, or all that the filters show. */
import { computed, reactive, ref, watch } from 'vue'

/** The server takes so many by hand; beyond it, all that match are meant. */
export const MOST_BY_HAND = 500

/** `waiting`: what is shown is not yet what was asked for. Rows that are about to be replaced cannot be picked. */
export function useSelection<T extends { id: string }>(shown: () => readonly T[], filters: () => Record<string, unknown>, waiting: () => boolean = () => false) {
  const active = ref(false)
  const held = computed(waiting)
  const picked = reactive(new Set<string>())
  const all = ref(false)
  const pageWhole = computed(() => shown().length > 0 && shown().every((row) => picked.has(row.id)))
  const full = computed(() => picked.size >= MOST_BY_HAND)

  function clear(): void {
    picked.clear()
    all.value = false
  }
  function pick(id: string, on: boolean): void {
    if (held.value) return
    if (on && !full.value) picked.add(id)
    else picked.delete(id)
    all.value = false
  }
  function pickPage(on: boolean): void {
    for (const row of shown()) pick(row.id, on)
  }
  function pickAll(): void {
    if (!held.value) all.value = true
  }
  function stop(): void {
    active.value = false
    clear()
  }
  // What was picked stays while one pages through a list, and goes with the list it was picked from.
  watch(() => JSON.stringify(filters()), clear)
  return { active, picked, all, pageWhole, full, held, pick, pickPage, pickAll, clear, stop }
}
export type Selection = ReturnType<typeof useSelection>
