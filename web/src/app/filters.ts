/**
 * Filters of a list. They live in the address, so that a list can be kept, shared and gone back to; the search
 * words do not, because names and numbers must not stand in addresses, histories and proxies' logs.
 */
import { computed, reactive, ref, watch } from 'vue'
import { useRoute, useRouter } from 'vue-router'

const remembered = new Map<string, string>()
/** Counts words handed over, so that a list already open takes them up. */
const handed = ref(0)

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
  return { values, words, active, clear }
}

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
