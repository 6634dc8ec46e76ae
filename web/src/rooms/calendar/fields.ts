/** Which field of a form a refusal is about, and what is left to say beside none of them. */
import { computed, type ShallowRef } from 'vue'
import { ApiProblem } from '@/api/client'
import { useProblems } from '@/app/problems'

export function useFields(error: ShallowRef<unknown>, shown: readonly string[] = ['kind', 'name']) {
  const problems = useProblems()
  const fields = computed(() => (error.value instanceof ApiProblem ? error.value.fields : []))
  const wrong = (field: string): string => fields.value.find((f) => f.field === field)?.message ?? ''
  /** What names no field of the form, such as rows of a file or somebody who was first. */
  const rest = computed(() => {
    if (error.value === null) return ''
    const others = fields.value.filter((f) => !shown.includes(f.field))
    if (others.length) return others.map((f) => (f.field.startsWith('row ') ? `${f.field.replace('row ', '#')} ${f.message}` : f.message)).join(' ')
    return fields.value.length ? '' : problems.words(error.value)
  })
  return { wrong, rest }
}
