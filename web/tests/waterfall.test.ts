import { mount } from '@vue/test-utils'
import { describe, expect, it } from 'vitest'
import { createI18n } from 'vue-i18n'
import WeightsTable from '@/rooms/reviews/WeightsTable.vue'
import { barOf, boundsOf, chance, placeOf, signed, stepsOf, sum, sumOf, type Weight } from '@/rooms/reviews/waterfall'
import en from '@/i18n/en/reviews.json'
import zh from '@/i18n/zh-CN/reviews.json'

const weight = (comparison: string, value: number, text = comparison, level = 'x'): Weight => ({ comparison, level, text, weight: value })
const WEIGHTS = [
  weight('start', -17, '任意两条记录是同一人的可能 −17.0', 'start'),
  weight('birth', 14.5, '出生日期相同 +14.5', 'same'),
  weight('name', 4.1, '姓名同音 +4.1', 'sound'),
  weight('phone', -1.3, '电话不同 −1.3', 'other'),
  weight('sex', 0.04, '性别相同 0.0', 'same'),
]

describe('steps of the waterfall', () => {
  it('begin where the one before ended, and end at the sum', () => {
    const steps = stepsOf(WEIGHTS)
    expect(steps[0]?.from).toBe(0)
    steps.slice(1).forEach((s, i) => expect(s.from).toBe(steps[i]?.to))
    expect(steps[steps.length - 1]?.to).toBeCloseTo(sum(WEIGHTS), 10)
    expect(sum(WEIGHTS)).toBeCloseTo(0.34, 10)
  })
  it('keep the order told, with what everything starts from first', () => {
    const turned = [...WEIGHTS.slice(1), ...WEIGHTS.slice(0, 1)]
    expect(stepsOf(turned).map((s) => s.key)).toEqual(['start/start', 'birth/same', 'name/sound', 'phone/other', 'sex/same'])
  })
  it('tell what speaks for it from what speaks against it, by sign and by kind', () => {
    expect(stepsOf(WEIGHTS).map((s) => [s.kind, s.said])).toEqual([
      ['start', '−17.0'], ['for', '+14.5'], ['for', '+4.1'], ['against', '−1.3'], ['neither', '0.0'],
    ])
    expect([signed(-0.04), signed(0.05), signed(0)]).toEqual(['0.0', '+0.1', '0.0'])
  })
  it('say words alone, also where they end in a number', () => {
    expect(stepsOf([weight('x', 4.1, '15 and 18 digits of one number +4.1'), weight('y', 1, '相差60天以内')]).map((s) => s.text)).toEqual(['15 and 18 digits of one number', '相差60天以内'])
  })
  it('come to a chance, and a chance to a sum', () => {
    expect([chance(0), chance(1), chance(-1)]).toEqual([0.5, 2 / 3, 1 / 3])
    expect(sumOf(chance(4.1))).toBeCloseTo(4.1, 10)
  })
})

describe('the scale', () => {
  it('holds every end of every bar of all that are compared, nothing, and even odds', () => {
    const bounds = boundsOf([WEIGHTS, [weight('start', -17), weight('id_number', 23)]])
    expect(bounds).toEqual({ low: -17, high: 6 })
    for (const s of stepsOf(WEIGHTS)) {
      const { left, width } = barOf(s, bounds)
      expect(parseFloat(left)).toBeGreaterThanOrEqual(0)
      expect(parseFloat(left) + parseFloat(width)).toBeLessThanOrEqual(100.01)
    }
    expect([placeOf(-17, bounds), placeOf(6, bounds)]).toEqual([0, 100])
  })
  it('draws a bar between where a step begins and ends, whichever is lower', () => {
    const bounds = { low: -10, high: 10 }
    expect(barOf({ from: -10, to: 0 }, bounds)).toEqual({ left: '0.00%', width: '50.00%' })
    expect(barOf({ from: 5, to: 0 }, bounds)).toEqual({ left: '50.00%', width: '25.00%' })
    expect(parseFloat(barOf({ from: 10, to: 10 }, bounds).width)).toBeGreaterThan(0)
  })
  it('is there when there is nothing to compare', () => {
    expect(boundsOf([])).toEqual({ low: -1, high: 1 })
  })
})

describe('the table of weights', () => {
  const show = (language: 'zh-CN' | 'en', props: { weights: Weight[]; probability?: number | null }) => mount(WeightsTable, {
    props, global: { plugins: [createI18n({ legacy: false, locale: language, messages: { 'zh-CN': { reviews: zh }, en: { reviews: en } } })] },
  })
  it('says each weight in words with its sign, and the sum last', () => {
    const rows = show('zh-CN', { weights: WEIGHTS, probability: 0.56 }).findAll('tbody tr, tfoot tr').map((r) => r.text())
    expect(rows).toEqual(['任意两条记录是同一人的可能−17.0', '出生日期相同+14.5', '姓名同音+4.1', '电话不同−1.3', '性别相同0.0', '合计+0.3'])
  })
  it('is a table with headings to whoever hears it, without its bars', () => {
    const table = show('en', { weights: WEIGHTS, probability: 0.56 })
    expect(table.find('caption').text()).toContain('56%')
    expect(table.findAll('th[scope=row]')).toHaveLength(6)
    expect(table.findAll('td:not([aria-hidden])')).toHaveLength(6)
    expect(table.findAll('.bar').every((b) => b.element.closest('[aria-hidden=true]'))).toBe(true)
  })
  it('never says that it is wholly sure, and takes the chance from the sum where none is told', () => {
    const said = (probability: number | null) => show('en', { weights: WEIGHTS, probability }).find('caption').text()
    expect([said(1), said(0), said(0.996), said(null)].map((s) => /[<>]?[\d.]+%/.exec(s)?.[0])).toEqual(['>99.9%', '<0.1%', '99.6%', '56%'])
  })
  it('is not there without weights', () => {
    expect(show('en', { weights: [] }).find('table').exists()).toBe(false)
  })
})
