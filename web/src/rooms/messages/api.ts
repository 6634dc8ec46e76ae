/** Calls of the pages of messages. */
import { useQuery } from '@tanstack/vue-query'
import { useI18n } from 'vue-i18n'
import { get } from '@/api/client'
import type { Count, NoticeWays, Robots } from '@/api/types'
import { useSession } from '@/app/session'

/** How many of one's notices are unread: asked once a minute, as the to-do badge is. */
export function useUnread() {
  const session = useSession()
  return useQuery({
    queryKey: ['notices', 'unread'],
    queryFn: ({ signal }) => get<Count>('/notices/unread', undefined, signal),
    enabled: () => !session.data?.viewing,
    refetchInterval: 60_000,
    staleTime: 20_000,
  })
}

export function useWays() {
  const { locale } = useI18n()
  return useQuery({ queryKey: ['notice-ways', locale], queryFn: ({ signal }) => get<NoticeWays>('/notices/ways', undefined, signal) })
}

export function useRobots(enabled: () => boolean) {
  const { locale } = useI18n()
  return useQuery({ queryKey: ['robots', locale], queryFn: ({ signal }) => get<Robots>('/messages/robots', undefined, signal), enabled })
}
