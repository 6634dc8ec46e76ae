/** Calls of grids: lists, previews, changes, staff. */
import { useQuery } from '@tanstack/vue-query'
import { call, get } from '@/api/client'
import type { GridChange, GridPreview, GridRow, OperationIn, Page } from '@/api/types'
import type { Shapes } from '@/rooms/places/layers'

/** What has to be asked for anew after a change. */
export const TOUCHED = ['grids', 'grid-changes', 'grid-shapes', 'map', 'areas', 'area', 'grid-staff']

export function useGrids(village: () => string | undefined) {
  return useQuery({
    queryKey: ['grids', village],
    queryFn: ({ signal }) => get<Page<GridRow>>('/grids', { area: village(), limit: 200 }, signal),
    enabled: () => Boolean(village()),
  })
}

export function useGridShapes(village: () => string | undefined) {
  return useQuery({
    queryKey: ['grid-shapes', village],
    queryFn: ({ signal }) => get<Shapes>('/map/grids.geojson', { area: village() }, signal),
    enabled: () => Boolean(village()),
  })
}

export function usePreview(village: () => string | undefined, steps: () => OperationIn[], successors: () => Record<string, string>) {
  return useQuery({
    queryKey: ['grids', 'preview', village, steps, successors],
    queryFn: ({ signal }) => call<GridPreview>('POST', '/grids/preview', { body: { village_code: village(), operations: steps(), successors: successors() }, signal }),
    enabled: () => Boolean(village()) && steps().length > 0,
    staleTime: 0,
    retry: false,
  })
}

export function useGridChanges(area: () => string | undefined) {
  return useQuery({
    queryKey: ['grid-changes', area],
    queryFn: ({ signal }) => get<Page<GridChange>>('/grids/changes', { area: area(), limit: 20 }, signal),
    enabled: () => Boolean(area()),
  })
}
