/** Where the line of a trend runs: by day across, from the lowest told share to the highest. */
import type { QualityDay } from '@/api/types'

export interface Scale { low: number; high: number }
const STEP = 0.05
const DAY = 86_400_000

/** Whole steps of five points around what is told, so that a flat line is not blown up. */
export function scaleOf(days: readonly QualityDay[]): Scale {
  const shares = days.flatMap((d) => (d.share === null ? [] : [d.share]))
  const low = Math.floor(Math.min(1, ...shares) / STEP) * STEP
  const high = Math.min(1, Math.ceil(Math.max(0, ...shares) / STEP) * STEP)
  return high - low < STEP ? { low: Math.max(0, high - STEP), high: Math.max(high, STEP) } : { low, high }
}

/** Points of each piece of the line; a new one begins where the version of the definition changes. One day is a dot's width. */
export function lineOf(days: readonly QualityDay[], scale: Scale, width: number, height: number): string[][] {
  const start = Date.parse(days[0]?.day ?? '')
  const span = Math.max(DAY, Date.parse(days[days.length - 1]?.day ?? '') - start)
  const lines: string[][] = []
  let version: number | undefined
  for (const d of days) {
    if (d.share === null) continue
    const x = ((Date.parse(d.day) - start) / span) * width
    const y = height - ((d.share - scale.low) / (scale.high - scale.low)) * height
    if (d.version !== version) lines.push([])
    version = d.version
    lines[lines.length - 1]?.push(`${x.toFixed(1)},${y.toFixed(1)}`)
  }
  return lines.map((line) => (line.length === 1 && line[0] ? [line[0], line[0]] : line))
}
