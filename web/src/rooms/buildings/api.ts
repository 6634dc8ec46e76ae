/** Calls of the buildings room. */
import { useQuery } from '@tanstack/vue-query'
import { call, get } from '@/api/client'
import type { Building, Compound, Made } from '@/api/types'

export function useBuilding(id: () => string, unit: () => string | undefined) {
  return useQuery({
    queryKey: ['building', id, unit],
    queryFn: ({ signal }) => get<Building>(`/buildings/${id()}`, { unit: unit() }, signal),
  })
}
export const useCompound = (id: () => string) =>
  useQuery({ queryKey: ['compound', id], queryFn: ({ signal }) => get<Compound>(`/compounds/${id()}`, undefined, signal) })

const write = (method: 'POST' | 'PATCH', path: string, body: unknown, idempotencyKey: string) =>
  call<Made>(method, path, { body, idempotencyKey })
export const post = (key: string, path: string, body: unknown = {}) => write('POST', path, body, key)
export const patch = (key: string, path: string, body: unknown) => write('PATCH', path, body, key)
