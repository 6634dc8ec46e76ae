/** Figures and texts of the room in the reader's language. */
import { useI18n } from 'vue-i18n'
import type { Text, Value } from './api'
import { figure } from './tiers'

export function useFigures() {
  const { t, locale } = useI18n()
  const words = (text: Text): string => (locale.value === 'en' ? text.en || text.zh : text.zh)
  const say = (value: Value, unit: string): string => {
    const said = figure(value, unit, t('common.yes'), t('common.no'))
    return unit === 'minute' && said !== '–' ? t('tiers.minutes', { n: said }) : said
  }
  return { words, say }
}
