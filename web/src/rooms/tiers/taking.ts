/** What is typed when another saves meanwhile: nothing of theirs is written over unseen, nothing of one's own is lost. */
import { ref, type Ref } from 'vue'

/** Plain copies: what is typed is reactive, and is never shared with what was read. */
const copy = <V>(value: V): V => (value === undefined ? value : JSON.parse(JSON.stringify(value)) as V)
const same = (a: unknown, b: unknown): boolean => JSON.stringify(a ?? null) === JSON.stringify(b ?? null)

/** What was not touched becomes what the other made of it, what was typed stays; `both` was changed by both, each its own way. */
export function takenOver<T extends object>(base: T, now: T, typed: T): { entry: T; both: (keyof T)[] } {
  const entry = { ...typed }
  const both: (keyof T)[] = []
  for (const name of Object.keys(now) as (keyof T)[]) {
    if (same(typed[name], base[name])) entry[name] = now[name]
    else if (!same(now[name], base[name]) && !same(now[name], typed[name])) both.push(name)
  }
  return { entry, both }
}

/** An entry that follows what others save; `both` are the fields that still differ from theirs. */
export function useTaking<T extends object>(typed: T, begun: T): { both: Ref<(keyof T)[]>; follow: (now: T) => void; take: (name: string) => void } {
  let base = copy(begun)
  const both = ref([]) as Ref<(keyof T)[]>
  function follow(now: T): void {
    const found = takenOver(base, now, typed)
    Object.assign(typed, copy(found.entry))
    const still = both.value.filter((name) => !same(typed[name], now[name]))
    both.value = [...new Set([...still, ...found.both])]
    base = copy(now)
  }
  function take(name: string): void {
    const field = name as keyof T
    typed[field] = copy(base[field])
    both.value = both.value.filter((each) => each !== field)
  }
  return { both, follow, take }
}
