/** What a log entry is about, in words; a subject not known here stays as the log has it. */
import { useI18n } from 'vue-i18n'

export function useSubjects() {
  const { t, te } = useI18n()
  return (subject: string): string => {
    const key = `access.subject.${subject.replace(/\./g, '_')}`
    return te(key) ? t(key) : subject || '–'
  }
}
