/** Places drawn as dots on the plain map: many that lie close are drawn as one with their number. */
import { HALO, INK, NAME_FONT } from './layers'
import { worldOf, type Pixel, type Size, type View } from './view'

/** How urgent a dot is; each has a colour and a shape of its own. */
export type DotTone = 0 | 1 | 2 | 3
/** A place in the unit square of the world. `ringed`: stands out from its like. */
export interface Dot { at: Pixel; tone: DotTone; ringed?: boolean }
/** What is drawn at one place: a dot, or several as one. `of`: their places in the list; `tone`: that of the worst; `tones`: how many of each. */
export interface Spot { at: Pixel; tone: DotTone; ringed: boolean; of: number[]; radius: number; tones: Tones }
type Tones = [none: number, green: number, amber: number, red: number]

/** Grey, on time, due soon, overdue: the light colours of the console, which the map's ground asks for in both themes. */
export const DOT_COLOURS: Record<DotTone, string> = { 0: '#5f696d', 1: '#22703f', 2: '#c77700', 3: '#b0261c' }
/** Up to so many in the frame are drawn one by one. */
export const SINGLE = 500
const CELL = 44

/** The spots of the dots in the frame, the worst last and thus on top. Cells lie on the ground, so nothing jumps while it is dragged. */
export function spotsOf(dots: readonly Dot[], view: View, size: Size): Spot[] {
  const world = worldOf(view)
  const left = size.width / 2 - view.x * world
  const top = size.height / 2 - view.y * world
  const shown: { i: number; x: number; y: number }[] = []
  dots.forEach(({ at }, i) => {
    const [x, y] = [at[0] * world + left, at[1] * world + top]
    if (x > -CELL && x < size.width + CELL && y > -CELL && y < size.height + CELL) shown.push({ i, x, y })
  })
  const cell = shown.length > SINGLE ? CELL : 1
  const cells = new Map<string, { x: number; y: number; of: number[]; tone: DotTone; ringed: boolean; tones: Tones }>()
  for (const { i, x, y } of shown) {
    const dot = dots[i]
    if (!dot) continue
    const key = `${Math.floor((x - left) / cell)}:${Math.floor((y - top) / cell)}`
    const found = cells.get(key)
    if (!found) {
      const tones: Tones = [0, 0, 0, 0]
      tones[dot.tone] = 1
      cells.set(key, { x, y, of: [i], tone: dot.tone, ringed: Boolean(dot.ringed), tones })
    } else {
      found.tones[dot.tone] += 1
      found.of.push(i)
      found.x += x
      found.y += y
      if (dot.tone > found.tone) found.tone = dot.tone
      found.ringed ||= Boolean(dot.ringed)
    }
  }
  return [...cells.values()]
    .map((c) => ({ at: [c.x / c.of.length, c.y / c.of.length] as Pixel, tone: c.tone, ringed: c.ringed, of: c.of, tones: c.tones, radius: c.of.length === 1 ? 6 : Math.min(20, 10 + 2 * Math.log2(c.of.length)) }))
    .sort((a, b) => a.tone - b.tone)
}

/** The topmost spot under a finger. */
export function spotAt(spots: readonly Spot[], [x, y]: Pixel, slack = 5): Spot | null {
  for (let i = spots.length - 1; i >= 0; i--) {
    const spot = spots[i]
    if (spot && Math.hypot(spot.at[0] - x, spot.at[1] - y) <= spot.radius + slack) return spot
  }
  return null
}

/** A circle on time, a triangle when due soon, a square when overdue: told apart without colour. */
export function traceTone(pen: CanvasRenderingContext2D, tone: DotTone, [x, y]: Pixel, r: number): void {
  pen.beginPath()
  if (tone === 3) pen.rect(x - r * 0.9, y - r * 0.9, r * 1.8, r * 1.8)
  else if (tone === 2) {
    pen.moveTo(x, y - r * 1.25)
    pen.lineTo(x + r * 1.15, y + r * 0.85)
    pen.lineTo(x - r * 1.15, y + r * 0.85)
    pen.closePath()
  } else pen.arc(x, y, tone === 0 ? r * 0.8 : r, 0, 2 * Math.PI)
}

/** The parts of a ring around several, the worst first from the top: each as long as its share. A single late one among many is seen, and no more than that. */
export function sharesOf(tones: Readonly<Tones>): { tone: DotTone; from: number; to: number }[] {
  const all = tones.reduce((a, b) => a + b, 0)
  const least = 0.04
  const there = ([3, 2, 1, 0] as const).filter((tone) => tones[tone] > 0)
  const wide = there.map((tone) => Math.max(least, tones[tone] / all))
  const sum = wide.reduce((a, b) => a + b, 0)
  let from = -Math.PI / 2
  return there.map((tone, n) => {
    const part = { tone, from, to: from + (2 * Math.PI * (wide[n] ?? 0)) / sum }
    from = part.to
    return part
  })
}

function drawSeveral(pen: CanvasRenderingContext2D, spot: Spot): void {
  pen.beginPath()
  pen.arc(...spot.at, spot.radius + 1, 0, 2 * Math.PI)
  pen.fillStyle = HALO
  pen.fill()
  for (const part of sharesOf(spot.tones)) {
    pen.beginPath()
    pen.arc(...spot.at, spot.radius - 1.5, part.from, part.to)
    pen.strokeStyle = DOT_COLOURS[part.tone]
    pen.lineWidth = 5
    pen.stroke()
  }
}

export function drawSpots(pen: CanvasRenderingContext2D, spots: readonly Spot[]): void {
  pen.textAlign = 'center'
  pen.textBaseline = 'middle'
  for (const spot of spots) {
    const several = spot.of.length > 1
    if (several) drawSeveral(pen, spot)
    else {
      traceTone(pen, spot.tone, spot.at, spot.radius)
      pen.fillStyle = DOT_COLOURS[spot.tone]
      pen.strokeStyle = HALO
      pen.lineWidth = 2
      pen.fill()
      pen.stroke()
    }
    if (spot.ringed) {
      pen.beginPath()
      pen.arc(...spot.at, spot.radius + 4, 0, 2 * Math.PI)
      pen.strokeStyle = INK
      pen.lineWidth = 1.5
      pen.stroke()
    }
    if (!several) continue
    pen.font = `600 12px ${NAME_FONT}`
    pen.fillStyle = INK
    pen.fillText(String(spot.of.length), ...spot.at)
  }
}
