/**
 * What was typed and not yet sent, kept while the user looks at another page and comes back. Only in memory: drafts
 * hold people's data, which must not stay on a shared machine after it is left. Reloading or closing asks first.
 */
import { computed, onBeforeUnmount, onMounted, ref, shallowRef, toRaw, type Ref } from 'vue'

const kept = new Map<string, unknown>()
const isFiles = (v: unknown): v is File[] => Array.isArray(v) && v.some((one) => one instanceof File)
const same = (a: unknown, b: unknown): boolean => a === b
  || (isFiles(a) && isFiles(b) && a.length === b.length && a.every((one, i) => one === b[i]))
  || (!(a instanceof File) && !(b instanceof File) && !isFiles(a) && !isFiles(b) && JSON.stringify(a) === JSON.stringify(b))

/** One level deep is enough for forms; files keep their identity. */
function copy<T extends object>(values: T): T {
  return Object.fromEntries(Object.entries(values).map(([k, v]) => [k, isFiles(v) ? [...v] : v instanceof File || typeof v !== 'object' || v === null ? v : JSON.parse(JSON.stringify(v))])) as T
}

/** `blank` is what the form starts from; `state` what is typed, `resumed` whether an earlier draft was taken up. */
export function useDraft<T extends object>(name: string, blank: T) {
  const found = kept.get(name) as T | undefined
  const start = shallowRef(copy(blank))
  const state = ref(found ? copy(found) : copy(blank)) as Ref<T>
  const resumed = ref(found !== undefined)
  const dirty = computed(() => (Object.keys(start.value) as (keyof T)[]).some((k) => !same(state.value[k], start.value[k])))
  let sent = false

  /** The form starts from something that had to be fetched first; a draft taken up stays. */
  function begin(values: T): void {
    start.value = copy(values)
    if (!resumed.value) state.value = copy(values)
  }
  function discard(): void {
    kept.delete(name)
    state.value = copy(start.value)
    resumed.value = false
  }
  /** What was typed has arrived: nothing of it is kept. */
  function done(): void {
    sent = true
    kept.delete(name)
  }
  function keep(): void {
    if (sent || !dirty.value) kept.delete(name)
    else kept.set(name, copy(toRaw(state.value)))
  }
  function ask(event: BeforeUnloadEvent): void {
    if (dirty.value && !sent) event.preventDefault()
  }
  onMounted(() => window.addEventListener('beforeunload', ask))
  onBeforeUnmount(() => {
    window.removeEventListener('beforeunload', ask)
    keep()
  })
  return { state, dirty, resumed, begin, discard, done }
}
