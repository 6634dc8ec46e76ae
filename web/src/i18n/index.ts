/** Languages of the console: one catalogue per language and room, compiled when the front end is built. */
import { createI18n } from 'vue-i18n'

export const LANGUAGES = ['zh-CN', 'en'] as const
export type Language = (typeof LANGUAGES)[number]

interface Messages { [key: string]: string | string[] | Messages }
const catalogues: Record<Language, () => Promise<{ default: Messages }>> = {
  'zh-CN': () => import('./zh-CN'),
  en: () => import('./en'),
}

export const i18n = createI18n({
  legacy: false,
  locale: 'zh-CN',
  fallbackLocale: false,
  missingWarn: import.meta.env.DEV,
  messages: {} as Record<string, Messages>,
})

/** Loads a catalogue if it is not there yet and shows it. */
export async function setLanguage(language: Language): Promise<void> {
  if (!i18n.global.availableLocales.includes(language)) {
    i18n.global.setLocaleMessage(language, (await catalogues[language]()).default)
  }
  i18n.global.locale.value = language
  document.documentElement.lang = language
}
