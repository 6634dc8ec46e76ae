/** Remembers which columns of a list the user wants to see. */
import { computed, ref, watch, type ComputedRef } from 'vue'
import type { Column } from './DataTable.vue'

export function useColumns(list: string, all: ComputedRef<Column[]>) {
  const key = `linli.columns.${list}`
  let initial = all.value.filter((c) => !c.hidden).map((c) => c.key)
  try {
    const kept: unknown = JSON.parse(localStorage.getItem(key) ?? 'null')
    if (Array.isArray(kept)) initial = kept.filter((k): k is string => typeof k === 'string')
  } catch {
    localStorage.removeItem(key)
  }
  const shown = ref(initial)
  watch(shown, (value) => localStorage.setItem(key, JSON.stringify(value)))
  const visible = computed(() => all.value.filter((c) => c.fixed || shown.value.includes(c.key)))
  return { shown, visible }
}
