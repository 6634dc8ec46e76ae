/** The area the user is looking at. It lives in the address (`?area=`) and travels from page to page. */
import { useQuery } from '@tanstack/vue-query'
import { computed } from 'vue'
import { useRoute, useRouter } from 'vue-router'
import { areaDetail, areasBelow } from '@/api/areas'
import { useSession } from './session'

/** The chosen area; undefined means all areas the user may see. */
export function useArea() {
  const route = useRoute()
  const router = useRouter()
  const session = useSession()
  const chosen = computed(() => (typeof route.query.area === 'string' && route.query.area ? route.query.area : undefined))
  /** What single-area pages show: the choice, else the user's first area. */
  const code = computed(() => chosen.value ?? session.areas[0]?.code)

  function choose(next: string | undefined): void {
    const isRoot = session.areas.length === 1 && session.areas[0]?.code === next
    const query = { ...route.query }
    delete query.cursor
    if (!next || isRoot) delete query.area
    else query.area = next
    void router.push({ path: route.path, query })
  }
  return { chosen, code, choose }
}

/** Areas directly below one. Names change rarely, so answers are kept for long. */
export function useAreas(parent: () => string | undefined, enabled: () => boolean = () => true) {
  return useQuery({
    queryKey: ['areas', parent],
    queryFn: ({ signal }) => areasBelow(parent(), signal),
    staleTime: 600_000,
    enabled,
  })
}

export function useAreaDetail(code: () => string | undefined) {
  return useQuery({
    queryKey: ['area', code],
    queryFn: ({ signal }) => areaDetail(code() ?? '', signal),
    staleTime: 600_000,
    enabled: () => Boolean(code()),
  })
}
