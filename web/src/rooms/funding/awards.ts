/** Awards of applications for a tier: which are in the books, and booking one. Amounts are decimal texts in CNY. */
import { useI18n } from 'vue-i18n'
import { call, get } from '@/api/client'
import type { Page } from '@/api/types'
import { usePaged } from '@/app/paging'
import { plain } from './api'

/** `differs`: the award was corrected after it was booked, so its entry is to be reversed and the award booked anew. */
export interface Award {
  application_id: string; area_code: string; area_name: string; tier: string; tier_label: string; year: number; amount: string; awarded_on: string | null; document: string; synthetic: boolean
  entry_id: string | null; entry_number: string; booked_on: string | null; booked_amount: string | null; differs: boolean; may_book: boolean; why_not: string; alike: { id: string; number: string; booked_on: string }[]
}
/** The list of awards is renewed with everything else of the books. */
export const AWARDS = 'funding-awards'

export function useAwards(asked: () => { area: string | undefined; waiting: boolean }) {
  const { locale } = useI18n()
  return usePaged<Award>(AWARDS, () => ({ ...asked(), locale: locale.value }), (given, signal) => get<Page<Award>>('/funding/awards', plain(given), signal))
}
export const bookAward = (idempotencyKey: string, id: string, body: { source_id: string; booked_on: string; amount: string; onto: string; party_id: string | null }) => call<Award>('POST', `/funding/awards/${id}/book`, { body, idempotencyKey })
export const linkAward = (idempotencyKey: string, id: string, entry: string) => call<Award>('POST', `/funding/awards/${id}/link`, { body: { entry_id: entry }, idempotencyKey })
