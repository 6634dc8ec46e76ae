/** Things as points on the map: single ones, or cells with counts where there are too many to draw. */
import type { FeatureCollection, Point } from 'geojson'
import { KINDS, type ThingPath } from './kinds'

export interface PointFacts { id?: string | null; name?: string | null; count?: number; path?: ThingPath; colour?: string }
export type Points = FeatureCollection<Point, PointFacts>
export interface PointLayer extends Points { single: boolean }

/** The chosen layers as one collection, each point with its kind and colour. */
export function together(layers: readonly { path: ThingPath; points: PointLayer | undefined }[]): Points {
  return {
    type: 'FeatureCollection',
    features: layers.flatMap(({ path, points }) => {
      const colour = KINDS.find((k) => k.path === path)?.colour ?? '#333333'
      return (points?.features ?? []).map((f) => ({ ...f, properties: { ...f.properties, path, colour } }))
    }),
  }
}
