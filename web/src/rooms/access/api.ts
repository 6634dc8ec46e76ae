/** Calls of the access room that several pages share. */
import { useQuery } from '@tanstack/vue-query'
import { get } from '@/api/client'
import type { Items, Page, Permission, Post, Role, Unit } from '@/api/types'

export const useUnits = () => useQuery({ queryKey: ['units'], queryFn: ({ signal }) => get<Items<Unit>>('/units', undefined, signal), staleTime: 60_000 })
export const useRoles = () => useQuery({ queryKey: ['roles'], queryFn: ({ signal }) => get<Items<Role>>('/roles', undefined, signal) })
export const usePermissions = () => useQuery({ queryKey: ['permissions'], queryFn: ({ signal }) => get<Items<Permission>>('/permissions', undefined, signal), staleTime: Infinity })
/** The posts of one unit: few, so the first page holds them. */
export const usePostsOf = (unit: () => string) => useQuery({ queryKey: ['posts', 'of', unit], queryFn: ({ signal }) => get<Page<Post>>('/posts', { unit: unit(), limit: 200 }, signal), enabled: () => Boolean(unit()) })
export const usePost = (id: () => string) => useQuery({ queryKey: ['post', id], queryFn: ({ signal }) => get<Post>(`/posts/${id()}`, undefined, signal), enabled: () => Boolean(id()) })
