/** Draws areas on a plain canvas in the colours and lines of the drawing engine. */
import { namesOf, type Figure } from './figures'
import { EDGE, HALO, INK, NAME_FONT, nameSizeAt, OUTLINE, PICKED } from './layers'
import { worldOf, type Size, type View } from './view'

export interface Look { ground: string; colour: (code: string) => string; hovered: string; picked: string | null; named: boolean }

export function draw(pen: CanvasRenderingContext2D, size: Size, view: View, areas: readonly Figure[], outline: readonly Figure[], look: Look): void {
  const world = worldOf(view)
  const left = size.width / 2 - view.x * world
  const top = size.height / 2 - view.y * world
  const seen = ({ box }: Figure) => box[2] * world + left > 0 && box[0] * world + left < size.width && box[3] * world + top > 0 && box[1] * world + top < size.height
  const trace = ({ rings }: Figure) => {
    for (const ring of rings) for (let i = 0; i < ring.length; i += 2) {
      const [x, y] = [(ring[i] ?? 0) * world + left, (ring[i + 1] ?? 0) * world + top]
      if (i) pen.lineTo(x, y)
      else pen.moveTo(x, y)
    }
  }
  const line = (figures: readonly Figure[], colour: string, width: number) => {
    pen.beginPath()
    figures.forEach(trace)
    pen.strokeStyle = colour
    pen.lineWidth = width
    pen.stroke()
  }
  pen.fillStyle = look.ground
  pen.fillRect(0, 0, size.width, size.height)
  const shown = areas.filter(seen)
  for (const area of shown) {
    pen.globalAlpha = area.facts.code === look.hovered ? 0.85 : 1
    pen.beginPath()
    trace(area)
    pen.fillStyle = look.colour(area.facts.code)
    pen.fill('evenodd')
  }
  pen.globalAlpha = 1
  pen.lineJoin = 'round'
  line(shown, EDGE, Math.max(0.8, Math.min(1.8, 0.8 + (view.zoom - 9) / 4)))
  line(outline, OUTLINE, 1.6)
  line(shown.filter((area) => area.facts.code === look.picked), PICKED, 3)
  if (!look.named) return
  const height = nameSizeAt(view.zoom)
  pen.font = `${height}px ${NAME_FONT}`
  pen.textAlign = 'center'
  pen.textBaseline = 'middle'
  pen.strokeStyle = HALO
  pen.lineWidth = 3
  pen.fillStyle = INK
  for (const { text, at } of namesOf(shown, view, size, height, (words) => pen.measureText(words).width)) {
    pen.strokeText(text, at[0], at[1])
    pen.fillText(text, at[0], at[1])
  }
}
