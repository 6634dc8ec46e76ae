/** Texts of the server in the language of the page, what a refused entry says at which field, and a new task's fields. */
import { useI18n } from 'vue-i18n'
import { ApiProblem } from '@/api/client'
import type { Task, TaskFields, Text } from './api'
import { plusDays, today } from './weeks'

export function useWords(): (text: Text) => string {
  const { locale } = useI18n()
  return (text) => (locale.value === 'en' ? text.en : text.zh)
}
/** What a task is called: one drafted from a measure, in both languages, as long as nobody named it otherwise. */
export function useTaskTitle(): (task: Task) => string {
  const words = useWords()
  return (task) => (task.measure_name && task.title === task.measure_name.zh ? words(task.measure_name) : task.title)
}
/** The words that stand beside a field; what is said of a point of the agenda is not said of the meeting. */
export const fieldSays = (error: unknown) => (field: string): string =>
  error instanceof ApiProblem ? (error.fields.find((f) => f.field === field || (f.field.endsWith(`.${field}`) && !f.field.startsWith('agenda.')))?.message ?? '') : ''
export function fieldsOf(task: Task | null, area: string): TaskFields & { area_code: string } {
  if (!task) return { area_code: area, title: '', owner: '', starts_on: today(), due_on: plusDays(today(), 14), needs: [], indicator: '', measure: '', note: '', reason: '' }
  const { area_code, title, owner, starts_on, due_on, needs, indicator, measure, note, reason } = task
  return { area_code, title, owner, starts_on, due_on, needs: [...needs], indicator, measure, note, reason }
}
