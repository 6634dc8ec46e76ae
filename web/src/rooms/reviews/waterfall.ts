/**
 * Why two records may be one person's, as steps: from how likely any two records are, by what each comparison says, to where
 * these two end. A weight is log₂ of how much more frequent what was seen is among one person's records than among others'
 * (I. P. Fellegi, A. B. Sunter, A theory for record linkage, 1969), so weights add up: one more doubles the odds.
 */
/** `text` as the server says it: the words, and the weight behind them. */
export interface Weight { comparison: string; level: string; text: string; weight: number }
export type Kind = 'start' | 'for' | 'against' | 'neither' | 'total'
/** `from` and `to` are sums of weights: where the step begins and where it ends. */
export interface Step { key: string; text: string; said: string; kind: Kind; from: number; to: number }
export interface Bounds { low: number; high: number }

/** From `merge` on two are put together by themselves, from `review` on somebody is asked. */
export interface Thresholds { merge: number; review: number }

const START = 'start'

/** A weight as people read it: +4.1, −1.3, 0.0. */
export function signed(weight: number): string {
  const shown = Math.abs(weight).toFixed(1)
  return shown === '0.0' ? shown : `${weight > 0 ? '+' : '−'}${shown}`
}

/** What a line says, without the weight behind it, which stands in a column of its own. */
const wordsOf = (text: string): string => text.replace(/\s+[+−-]?\d+\.\d$/u, '')

export const sum = (weights: readonly Weight[]): number => weights.reduce((held, w) => held + w.weight, 0)

/** The chance that a sum of weights comes to. */
export const chance = (total: number): number => 1 / (1 + 2 ** -total)

/** A chance in words: never "100%" of what is only all but sure. */
export function saidOf(share: number): string {
  return share > 0.999 ? '>99.9%' : share < 0.001 ? '<0.1%' : `${(share * 100).toFixed(share > 0.99 || share < 0.01 ? 1 : 0)}%`
}

/** A sum of weights that comes to a chance. */
export const sumOf = (probability: number): number => Math.log2(probability / (1 - probability))

/** Where the thresholds lie among sums of weights; what no sum reaches is left out. */
export const marksOf = (limits: Thresholds | undefined): number[] =>
  (limits ? [limits.review, limits.merge] : []).map(sumOf).filter(Number.isFinite)

/** In the order told, what everything starts from first; each step begins where the one before it ended. */
export function stepsOf(weights: readonly Weight[]): Step[] {
  const inOrder = [...weights.filter((w) => w.comparison === START), ...weights.filter((w) => w.comparison !== START)]
  let held = 0
  return inOrder.map((w) => {
    const from = held
    held += w.weight
    const kind: Kind = w.comparison === START ? 'start' : signed(w.weight) === '0.0' ? 'neither' : w.weight > 0 ? 'for' : 'against'
    return { key: `${w.comparison}/${w.level}`, text: wordsOf(w.text), said: signed(w.weight), kind, from, to: held }
  })
}

/** One scale for several, so that they can be compared by eye; nothing and the marks lie within it. */
export function boundsOf(several: readonly (readonly Weight[])[], marks: readonly number[] = []): Bounds {
  const ends = [0, ...marks, ...several.flatMap((weights) => stepsOf(weights).map((s) => s.to))]
  const low = Math.min(...ends)
  const high = Math.max(...ends)
  return high > low ? { low, high } : { low: low - 1, high: high + 1 }
}

/** Where a sum lies on the scale, in hundredths of its width. */
export const placeOf = (value: number, { low, high }: Bounds): number => ((value - low) / (high - low)) * 100

/** Left edge and width of a step's bar; never so thin that it cannot be seen. */
export function barOf(step: Pick<Step, 'from' | 'to'>, bounds: Bounds): { left: string; width: string } {
  const left = placeOf(Math.min(step.from, step.to), bounds)
  const width = Math.max(placeOf(Math.max(step.from, step.to), bounds) - left, 0.6)
  return { left: `${Math.min(left, 100 - width).toFixed(2)}%`, width: `${width.toFixed(2)}%` }
}
