/** Calls of the ledgers' page. */
import { keepPreviousData, useQuery } from '@tanstack/vue-query'
import { call, download } from '@/api/client'
import type { LedgerCount, LedgerTemplate } from '@/api/types'

export interface Order { area: string; purpose: string; where: string; on?: string; masked: boolean; empty: boolean; binding: Record<string, unknown> }

function formOf(file: File, more: Record<string, string>): FormData {
  const form = new FormData()
  form.append('file', file)
  for (const [name, value] of Object.entries(more)) form.append(name, value)
  return form
}
export const readTemplate = (key: string, file: File, subject: string) =>
  call<LedgerTemplate>('POST', '/ledgers/templates', { form: formOf(file, subject ? { subject } : {}), idempotencyKey: key })
export const fillTemplate = (key: string, file: File, order: Order) =>
  download('POST', '/ledgers/fill', { form: formOf(file, { order: JSON.stringify(order) }), idempotencyKey: key, filename: 'ledger.xlsx' })

/** The count of a condition as it is now; asked anew when it or the area changes, and kept shown meanwhile. */
export function useLedgerCount(where: () => string, area: () => string | undefined, on: () => string, enabled: () => boolean) {
  return useQuery({
    queryKey: ['ledger-count', where, area, on],
    queryFn: ({ signal }) => call<LedgerCount>('POST', '/ledgers/count', { body: { where: where(), area: area(), on: on() || null }, signal }),
    enabled: () => Boolean(area()) && enabled(),
    placeholderData: keepPreviousData,
    retry: false,
    staleTime: 60_000,
  })
}
