/** Named groups of areas. The words are in the catalogues; the codes are the server's. */
import { useQuery } from '@tanstack/vue-query'
import { computed } from 'vue'
import { get } from '@/api/client'
import type { Items, NamedGroup } from '@/api/types'
import { useSession } from '@/app/session'

export const GROUP_KINDS = ['development_zone', 'section', 'part', 'villager_group'] as const

/** Groups with a part in one's own areas; none for whoever may not see areas. */
export function useGroups() {
  const session = useSession()
  return useQuery({
    queryKey: ['named-groups'],
    queryFn: ({ signal }) => get<Items<NamedGroup>>('/named-groups', undefined, signal),
    staleTime: 60_000,
    enabled: () => session.may('places.view'),
  })
}

/** The same as choices of a filter. */
export function useGroupOptions() {
  const query = useGroups()
  return computed(() => (query.data.value?.items ?? []).map((g) => ({ value: g.id, label: g.name })))
}
