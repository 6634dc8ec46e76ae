/**
 * Signs of places and things on the map and in its legend. Each kind has a shape and a colour of its own (Okabe and Ito's
 * palette, told apart by colour-blind eyes too), a dark edge and a light rim, so that it stands on any ground.
 */
import type { Map as MapLibre } from 'maplibre-gl'
import type { ThingPath } from '@/rooms/things/kinds'
import type { SitePath } from './layers'

export interface Sign { colour: string; /** Path in a box of 16 by 16. */ shape: string }
export const SIGNS: Record<SitePath | ThingPath, Sign> = {
  compounds: { colour: '#56b4e9', shape: 'M8 2.5a5.5 5.5 0 1 1 0 11a5.5 5.5 0 1 1 0-11z' },
  buildings: { colour: '#e69f00', shape: 'M3 3h10v10H3z' },
  entities: { colour: '#d55e00', shape: 'M8 2l6.2 11H1.8z' },
  'key-places': { colour: '#cc79a7', shape: 'M8 1.4L14.6 8 8 14.6 1.4 8z' },
  components: { colour: '#f0e442', shape: 'M6 2h4v4h4v4h-4v4H6v-4H2V6h4z' },
  rentals: { colour: '#0072b2', shape: 'M8 2l6 4.8V14H2V6.8z' },
}
export const SIGN_EDGE = '#1c2427'
export const SIGN_RIM = '#ffffff'
const UNSURE = '#ffffff'

/** Gives the map an image of each sign; where a position is only likely, a hollow one. */
export function addSymbols(map: MapLibre): void {
  const ratio = 2
  for (const [path, sign] of Object.entries(SIGNS)) {
    for (const [name, fill] of [[path, sign.colour], [`${path}-inferred`, UNSURE]] as const) {
      const canvas = document.createElement('canvas')
      canvas.width = canvas.height = 20 * ratio
      const pen = canvas.getContext('2d', { willReadFrequently: true })
      if (!pen) continue
      pen.scale(ratio, ratio)
      pen.translate(2, 2)
      pen.lineJoin = 'round'
      const shape = new Path2D(sign.shape)
      for (const [colour, width] of [[SIGN_RIM, 4], [SIGN_EDGE, 1.8]] as const) {
        pen.strokeStyle = colour
        pen.lineWidth = width
        pen.stroke(shape)
      }
      pen.fillStyle = fill
      pen.fill(shape)
      map.addImage(name, pen.getImageData(0, 0, canvas.width, canvas.height), { pixelRatio: ratio })
    }
  }
}
