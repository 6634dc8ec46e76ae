/** Areas made ready to be drawn plainly and to be found under a finger. */
import { unitOf, pixelOf, type Pixel, type Size, type View } from './view'
import type { ShapeFacts, Shapes } from './layers'

/** Rings of an area in the unit square of the world (x, y, x, y …), and the box around them. */
export interface Figure { facts: ShapeFacts; rings: Float64Array[]; box: [left: number, top: number, right: number, bottom: number] }

export function figuresOf(shapes: Shapes): Figure[] {
  return shapes.features.map(({ properties, geometry }) => {
    const box: Figure['box'] = [Infinity, Infinity, -Infinity, -Infinity]
    const rings = (geometry.type === 'Polygon' ? [geometry.coordinates] : geometry.coordinates).flat().map((ring) => {
      const flat = new Float64Array(ring.length * 2)
      ring.forEach(([lon = 0, lat = 0], i) => {
        const [x, y] = unitOf(lon, lat)
        flat[2 * i] = x
        flat[2 * i + 1] = y
        box[0] = Math.min(box[0], x); box[1] = Math.min(box[1], y); box[2] = Math.max(box[2], x); box[3] = Math.max(box[3], y)
      })
      return flat
    })
    return { facts: properties, rings, box }
  })
}

/** The area a point of the unit square lies in. Crossings are counted over all rings, so holes and parts need no telling apart. */
export function figureAt(figures: readonly Figure[], [x, y]: Pixel): Figure | null {
  return figures.find(({ box, rings }) => x >= box[0] && x <= box[2] && y >= box[1] && y <= box[3] && rings.reduce((inside, ring) => inside !== crossed(ring, x, y), false)) ?? null
}
function crossed(ring: Float64Array, x: number, y: number): boolean {
  let odd = false
  for (let i = 0, j = ring.length - 2; i < ring.length; j = i, i += 2) {
    const [xi = 0, yi = 0, xj = 0, yj = 0] = [ring[i], ring[i + 1], ring[j], ring[j + 1]]
    if (yi > y !== yj > y && x < ((xj - xi) * (y - yi)) / (yj - yi) + xi) odd = !odd
  }
  return odd
}

export interface Name { text: string; at: Pixel }
/** The names that find room: in the order of the areas, each only where it covers none before it. `width` measures a text. */
export function namesOf(figures: readonly Figure[], view: View, size: Size, height: number, width: (text: string) => number): Name[] {
  const taken: [number, number, number, number][] = []
  const names: Name[] = []
  for (const { facts } of figures) {
    if (facts.lon === undefined || facts.lat === undefined) continue
    const at = pixelOf(view, unitOf(facts.lon, facts.lat), size)
    const half = width(facts.name) / 2 + 4
    const [left, top, right, bottom] = [at[0] - half, at[1] - height / 2 - 4, at[0] + half, at[1] + height / 2 + 4]
    if (right < 0 || left > size.width || bottom < 0 || top > size.height) continue
    if (taken.some((t) => left < t[2] && right > t[0] && top < t[3] && bottom > t[1])) continue
    taken.push([left, top, right, bottom])
    names.push({ text: facts.name, at })
  }
  return names
}
