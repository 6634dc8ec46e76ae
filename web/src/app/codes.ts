/** Code lists of the registry as labels and options; they are data of the district, fetched once and kept. */
import { useQuery } from '@tanstack/vue-query'
import { computed } from 'vue'
import { useI18n } from 'vue-i18n'
import { get } from '@/api/client'
import type { CodeItem, CodeList } from '@/api/types'

export interface Option { value: string; label: string }

/** Picks the label in the language shown. */
export function useLabel() {
  const { locale } = useI18n()
  return (item: { label_zh: string; label_en: string }): string =>
    locale.value === 'en' ? item.label_en || item.label_zh : item.label_zh
}

export function useCodes(list: string | (() => string)) {
  const label = useLabel()
  const name = () => (typeof list === 'string' ? list : list())
  const query = useQuery({
    queryKey: ['codes', name],
    queryFn: ({ signal }) => get<CodeList>(`/codes/${name()}`, undefined, signal),
    staleTime: Infinity,
    enabled: () => Boolean(name()),
  })
  const items = computed<CodeItem[]>(() => query.data.value?.items ?? [])
  const options = computed<Option[]>(() => items.value.map((i) => ({ value: i.code, label: label(i) })))
  const labelOf = (code: string | null | undefined): string => {
    if (!code) return '–'
    const found = items.value.find((i) => i.code === code)
    return found ? label(found) : code
  }
  return { items, options, labelOf, standard: computed(() => query.data.value?.standard ?? null) }
}
