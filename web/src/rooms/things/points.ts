/** Things as points on the map: single ones, or cells with counts where there are too many to draw. */
import type { FeatureCollection, Point } from 'geojson'
import type { ThingPath } from './kinds'

export interface PointFacts { id?: string | null; name?: string | null; count?: number; path?: ThingPath }
export type Points = FeatureCollection<Point, PointFacts>
export interface PointLayer extends Points { single: boolean }

/** The chosen layers as one collection, each point with its kind. */
export function together(layers: readonly { path: ThingPath; points: PointLayer | undefined }[]): Points {
  return {
    type: 'FeatureCollection',
    features: layers.flatMap(({ path, points }) => (points?.features ?? []).map((f) => ({ ...f, properties: { ...f.properties, path } }))),
  }
}
