/**
 * Filters of a list. They live in the address, so that a list can be kept, shared and gone back to; the search
 * words do not, because names and numbers must not stand in addresses, histories and proxies' logs.
 */
import { computed, inject, provide, reactive, ref, watch, type InjectionKey } from 'vue'
import { useRoute, useRouter, type RouteLocationRaw } from 'vue-router'

const remembered = new Map<string, string>()
/** Counts words handed over, so that a list already open takes them up. */
const handed = ref(0)

/** What saved filters need to know of the list they stand in. */
export interface FiltersOfList { list: string; values: Record<string, string>; words: () => string; clear: () => void; untouched: () => boolean }
const OF_LIST: InjectionKey<FiltersOfList> = Symbol('filters of the list')
/** The list's name among saved filters: its address, where that names no single record. */
const listOf = (path: string): string => (/^\/[a-z-]+(\/[a-z-]+)*$/.test(path) ? path.slice(1).replace(/\//g, '-') : '')
export const useFiltersOfList = (): FiltersOfList | null => inject(OF_LIST, null)

export function useFilters<K extends string>(keys: readonly K[]) {
  const route = useRoute()
  const router = useRouter()
  const path = route.path
  const read = (key: K): string => {
    const value = route.query[key]
    return typeof value === 'string' ? value : ''
  }
  const values = reactive(Object.fromEntries(keys.map((k) => [k, read(k)]))) as Record<K, string>
  const words = ref(remembered.get(path) ?? '')
  watch(words, (value) => remembered.set(path, value))
  watch(handed, () => { words.value = remembered.get(path) ?? '' })

  watch(
    () => keys.map(read).join('\u0000'),
    () => { if (route.path === path) for (const k of keys) values[k] = read(k) },
  )

  function apply(): void {
    const others = Object.entries(route.query).filter(([k]) => !keys.includes(k as K))
    const chosen = keys.filter((k) => values[k]).map((k) => [k, values[k]])
    void router.replace({ path, query: Object.fromEntries([...others, ...chosen]) })
  }
  watch(values, apply)

  const active = computed(() => keys.filter((k) => values[k]).length + (words.value ? 1 : 0))
  function clear(): void {
    for (const k of keys) values[k] = ''
    words.value = ''
  }
  const list = listOf(path)
  if (list && keys.length) provide(OF_LIST, { list, values, words: () => words.value, clear, untouched: () => active.value === 0 })
  return { values, words, active, clear }
}

/** A link from a figure: the list shows exactly what was counted, whatever filter it would open with by itself. */
export function exactly(address: string): RouteLocationRaw {
  const [path = '', search = ''] = address.split('?')
  return { path, query: Object.fromEntries(new URLSearchParams(search)), state: { exact: true } }
}
export const openedExactly = (): boolean => (history.state as { exact?: boolean } | null)?.exact === true

/** Hands words over to a list that is about to be opened, without writing them into its address. */
export function rememberWords(path: string, words: string): void {
  remembered.set(path, words)
  handed.value += 1
}

/** Answers the value once it has rested for a moment. */
export function useSettled(source: () => string, wait = 250) {
  const settled = ref(source())
  let timer: ReturnType<typeof setTimeout> | undefined
  watch(source, (value) => {
    clearTimeout(timer)
    timer = setTimeout(() => { settled.value = value }, value ? wait : 0)
  })
  return settled
}
