/** Where a plain map looks: Mercator just as the drawing engine has it, so that one takes over from the other without a jump. */
export type Pixel = readonly [x: number, y: number]
export interface Size { width: number; height: number }
/** The centre in the unit square of the world, and the zoom: the world is 512·2^zoom pixels wide. */
export interface View { x: number; y: number; zoom: number }

const LATITUDE_LIMIT = 85.051129
const ZOOM_LIMIT = 20
export const worldOf = (view: View): number => 512 * 2 ** view.zoom

export function unitOf(lon: number, lat: number): Pixel {
  const bent = (Math.max(-LATITUDE_LIMIT, Math.min(LATITUDE_LIMIT, lat)) * Math.PI) / 180
  return [(lon + 180) / 360, (1 - Math.log(Math.tan(Math.PI / 4 + bent / 2)) / Math.PI) / 2]
}
export function lonLatOf(view: View): [lon: number, lat: number] {
  return [view.x * 360 - 180, (Math.atan(Math.sinh(Math.PI * (1 - 2 * view.y))) * 180) / Math.PI]
}

/** The view that shows a box of degrees (west, south, east, north) whole, `padding` pixels from the edges. */
export function fitted([west, south, east, north]: readonly [number, number, number, number], size: Size, padding: number): View {
  const [left, bottom] = unitOf(west, south)
  const [right, top] = unitOf(east, north)
  const room = (across: number, taken: number) => Math.max(1, across - 2 * padding) / Math.max(taken, 1e-9)
  const zoom = Math.log2(Math.min(room(size.width, right - left), room(size.height, bottom - top)) / 512)
  return { x: (left + right) / 2, y: (top + bottom) / 2, zoom: Math.max(0, Math.min(ZOOM_LIMIT, zoom)) }
}

/** The ground dragged by so many pixels. */
export function moved(view: View, right: number, down: number): View {
  return { ...view, x: view.x - right / worldOf(view), y: view.y - down / worldOf(view) }
}

/** Nearer by so many levels (further where negative), with the ground under one pixel held where it is. */
export function nearer(view: View, levels: number, at: Pixel, size: Size): View {
  const zoom = Math.max(0, Math.min(ZOOM_LIMIT, view.zoom + levels))
  const [x, y] = unitAt(view, at, size)
  const world = worldOf({ ...view, zoom })
  return { x: x - (at[0] - size.width / 2) / world, y: y - (at[1] - size.height / 2) / world, zoom }
}

export const unitAt = (view: View, [x, y]: Pixel, size: Size): Pixel =>
  [view.x + (x - size.width / 2) / worldOf(view), view.y + (y - size.height / 2) / worldOf(view)]
export const pixelOf = (view: View, [x, y]: Pixel, size: Size): Pixel =>
  [(x - view.x) * worldOf(view) + size.width / 2, (y - view.y) * worldOf(view) + size.height / 2]
export const sameView = (a: View, b: View): boolean => a.x === b.x && a.y === b.y && a.zoom === b.zoom
