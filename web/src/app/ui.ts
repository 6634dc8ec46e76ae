/** How this browser likes its console: language, theme, navigation. Kept on this machine only. */
import { defineStore } from 'pinia'
import { ref, watch } from 'vue'
import { LANGUAGES, setLanguage, type Language } from '@/i18n'

export type Theme = 'auto' | 'light' | 'dark'
export type Density = 'normal' | 'dense'

function stored<T extends string>(key: string, allowed: readonly T[], fallback: T): T {
  const value = localStorage.getItem(key)
  return allowed.find((a) => a === value) ?? fallback
}

export const useUi = defineStore('ui', () => {
  const browser: Language = navigator.language.toLowerCase().startsWith('zh') ? 'zh-CN' : 'en'
  const language = ref<Language>(stored('linli.language', LANGUAGES, browser))
  const theme = ref<Theme>(stored('linli.theme', ['auto', 'light', 'dark'] as const, 'auto'))
  const narrowNav = ref(localStorage.getItem('linli.nav') === 'narrow')
  const density = ref<Density>(stored('linli.density', ['normal', 'dense'] as const, 'normal'))
  /** The area to begin with; empty for all one may see. */
  const start = ref(localStorage.getItem('linli.start') ?? '')
  const drawer = ref(false)
  const searching = ref(false)
  const systemDark = window.matchMedia('(prefers-color-scheme: dark)')
  const dark = ref(false)

  function paint(): void {
    dark.value = theme.value === 'dark' || (theme.value === 'auto' && systemDark.matches)
    document.documentElement.dataset.theme = dark.value ? 'dark' : 'light'
    document.documentElement.classList.toggle('dark', dark.value)
    document.documentElement.dataset.density = density.value
  }
  systemDark.addEventListener('change', paint)
  watch(theme, (value) => { localStorage.setItem('linli.theme', value); paint() })
  watch(density, (value) => { localStorage.setItem('linli.density', value); paint() })
  watch(start, (value) => localStorage.setItem('linli.start', value))
  watch(narrowNav, (value) => localStorage.setItem('linli.nav', value ? 'narrow' : 'wide'))
  paint()

  async function speak(next: Language): Promise<void> {
    await setLanguage(next)
    language.value = next
    localStorage.setItem('linli.language', next)
  }

  return { language, theme, dark, density, start, narrowNav, drawer, searching, speak }
})
