/** Calls of relations and tags that several pages share. */
import { useQuery } from '@tanstack/vue-query'
import { useI18n } from 'vue-i18n'
import { get } from '@/api/client'
import type { TagKind } from '@/api/types'
import { useSession } from '@/app/session'

/** The catalogue of tags; names come in the language asked for, so the language is part of the key. */
export function useTagKinds() {
  const { locale } = useI18n()
  const session = useSession()
  return useQuery({
    queryKey: ['tag-kinds', locale],
    queryFn: ({ signal }) => get<TagKind[]>('/tag-kinds', undefined, signal),
    enabled: () => session.may('registry.tag.view') || session.may('registry.tag.catalogue'),
  })
}

/** How many people of each area have a tag; null stands for one or two. */
export function useTagsBy(kind: () => string, level: () => string, area: () => string | undefined) {
  return useQuery({
    queryKey: ['tags', 'by-area', kind, level, area],
    queryFn: ({ signal }) => get<{ code: string; people: number | null }[]>('/tags/by-area', { kind: kind(), level: level(), area: area() }, signal),
    enabled: () => Boolean(kind()),
    staleTime: 60_000,
  })
}
