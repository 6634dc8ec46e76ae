/** Calls of the pages of keeping. */
import { useQuery } from '@tanstack/vue-query'
import { useI18n } from 'vue-i18n'
import { get } from '@/api/client'
import type { Certificate, Items, RetentionKind } from '@/api/types'
import { number } from '@/app/format'

export const useKinds = () => useQuery({ queryKey: ['retention'], queryFn: ({ signal }) => get<Items<RetentionKind>>('/retention', undefined, signal) })
export const useCertificate = (id: () => string) => useQuery({ queryKey: ['certificate', id], queryFn: ({ signal }) => get<Certificate>(`/deletion-certificates/${id()}`, undefined, signal) })

export function useTimes() {
  const { t } = useI18n()
  const kept = (days: number | null): string => (days === null ? t('keeping.keep') : t('keeping.daysOf', { n: number(days) }))
  const bounds = (kind: RetentionKind): string =>
    kind.ceiling === null ? t('keeping.atLeast', { n: number(kind.floor) }) : t('keeping.between', { a: number(kind.floor), b: number(kind.ceiling) })
  return { kept, bounds }
}
