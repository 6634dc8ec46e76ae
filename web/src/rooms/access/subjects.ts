/** What a log entry is about, in words; a subject not known here stays as the log has it. */
import { useI18n } from 'vue-i18n'

export function useSubjects() {
  const { t, te } = useI18n()
  return (subject: string): string => {
    const known = (name: string, among = 'subject') => (te(`access.${among}.${name}`) ? t(`access.${among}.${name}`) : '')
    const [of = '', part = ''] = subject.split('.')
    const whole = known(subject.replace(/\./g, '_'))
    return whole || (part && known(of) && known(part, 'part') ? `${known(of)} · ${known(part, 'part')}` : known(of) && !part ? known(of) : subject || '–')
  }
}
