/** Errors in the words of the page: the server's own sentence first, ours where it has none. */
import { ElMessage } from 'element-plus/es/components/message/index'
import { useI18n } from 'vue-i18n'
import { ApiProblem } from '@/api/client'

export function useProblems() {
  const { t, te } = useI18n()

  function words(error: unknown): string {
    if (error instanceof ApiProblem) {
      if (error.status === 0) return t('common.problem.network')
      if (error.message && error.message !== String(error.status)) return error.message
      const key = `common.problem.s${error.status}`
      return te(key) ? t(key) : t('common.problem.other', { status: error.status })
    }
    return t('common.problem.unexpected')
  }

  /** Shows an error that has no better place; a declined sign-in needs no second message. */
  function show(error: unknown): void {
    if (error instanceof ApiProblem && error.status === 401) return
    // Here no field stands beside: what each lacks is said, not only that something does.
    const lacking = error instanceof ApiProblem ? [...new Set(error.fields.map((f) => f.message))].join(' ') : ''
    ElMessage({ type: 'error', message: lacking || words(error), duration: 6000, showClose: true, grouping: true })
  }

  function done(message: string): void {
    ElMessage({ type: 'success', message, duration: 3500, grouping: true })
  }

  return { words, show, done }
}
