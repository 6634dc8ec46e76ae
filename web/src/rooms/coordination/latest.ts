/** Somebody was quicker: the record as it is now, beside what is typed, which stays; saving goes on from there. */
import { computed, shallowRef, watch, type ComputedRef, type ShallowRef } from 'vue'
import { ApiProblem } from '@/api/client'

/** A field of a form: its name, how a value of it is said, and whether it is shown here only. */
export interface FieldOf<T> { key: keyof T & string; label: string; says?: (value: never) => string }
/** Where what is there now differs from what is typed; `take` puts it into the form. */
export interface Difference { key: string; label: string; now: string; take?: () => void }

export const isStale = (error: unknown): boolean => error instanceof ApiProblem && error.status === 409 && error.code.endsWith('_changed')

export interface Latest<R> { now: ShallowRef<R | null>; version: ComputedRef<number>; /** Null as long as nobody was quicker; empty where nothing that is typed differs. */ differences: ComputedRef<Difference[] | null> }

/**
 * What a form began from, and after a conflict what is there now. `error` is that of the write, `read` asks for the record anew,
 * `fields` says what of it stands in `typed`.
 */
export function useLatest<R extends { version: number }, T extends object>(began: () => R | null, error: () => unknown, read: (from: R) => Promise<R>, typed: () => T, entered: (row: R) => T, fields: () => FieldOf<T>[]): Latest<R> {
  const now = shallowRef(null) as ShallowRef<R | null>
  watch(error, async (failed) => {
    const from = now.value ?? began()
    if (from && isStale(failed)) now.value = await read(from).catch(() => null)
  })
  const version: ComputedRef<number> = computed(() => (now.value ?? began())?.version ?? 0)
  const differences = computed<Difference[] | null>(() => {
    if (!now.value) return null
    const [mine, theirs] = [typed(), entered(now.value)]
    return fields().filter((f) => JSON.stringify(mine[f.key]) !== JSON.stringify(theirs[f.key])).map((f) => {
      const value = theirs[f.key]
      return { key: f.key, label: f.label, now: (f.says ? f.says(value as never) : String(value ?? '')) || '–', take: () => { mine[f.key] = JSON.parse(JSON.stringify(value)) as T[typeof f.key] } }
    })
  })
  return { now, version, differences }
}
