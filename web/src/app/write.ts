/**
 * One user action that changes something. The idempotency key is kept while the same action is tried again
 * after a lost answer, and renewed once the server has decided, so nothing is done twice.
 */
import { useQueryClient } from '@tanstack/vue-query'
import { ref, shallowRef } from 'vue'
import { ApiProblem, newKey } from '@/api/client'
import { useProblems } from './problems'

export function useWrite<A extends unknown[], R>(
  act: (key: string, ...args: A) => Promise<R>,
  options: { refresh?: string[]; silent?: boolean } = {},
) {
  const queries = useQueryClient()
  const problems = useProblems()
  const busy = ref(false)
  const error = shallowRef<unknown>(null)
  let key = newKey()
  let keyedFor = ''

  /** Runs the action; answers undefined when it failed (the error has been shown or stands in `error`). */
  async function run(...args: A): Promise<R | undefined> {
    if (busy.value) return undefined
    const subject = JSON.stringify(args)
    if (subject !== keyedFor) {
      key = newKey()
      keyedFor = subject
    }
    busy.value = true
    error.value = null
    try {
      const result = await act(key, ...args)
      keyedFor = ''
      await Promise.all((options.refresh ?? []).map((k) => queries.invalidateQueries({ queryKey: [k] })))
      return result
    } catch (e) {
      error.value = e
      const undecided = e instanceof ApiProblem && (e.status === 0 || e.status >= 500)
      if (!undecided) keyedFor = ''
      if (!options.silent) problems.show(e)
      return undefined
    } finally {
      busy.value = false
    }
  }
  return { run, busy, error }
}
