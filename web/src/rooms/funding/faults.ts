/** What is wrong with a form, from the answer that refused it: beside each field, and in words on top. */
import { computed } from 'vue'
import { ApiProblem } from '@/api/client'
import { useProblems } from '@/app/problems'

export function useFaults(error: () => unknown) {
  const problems = useProblems()
  const fields = computed(() => { const refused = error(); return refused instanceof ApiProblem ? refused.fields : [] })
  const at = (field: string): string => fields.value.find((f) => f.field === field)?.message ?? ''
  const problem = computed(() => (error() ? problems.words(error()) : ''))
  return { fields, at, problem }
}
