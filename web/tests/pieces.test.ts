/** Decisions of the pages that need no page: formats, classes of the map, mapping of columns, the unit tree. */
import { describe, expect, it } from 'vitest'
import { bytes, date, dateTime, hourOf, number, percent } from '@/app/format'
import { flatten } from '@/rooms/access/tree'
import { confidenceOf, mappingOf, startingFields } from '@/rooms/intake/mapping'
import { countOf, isWorking, lookOf } from '@/rooms/intake/states'
import { openingStep, reachedStep, tellsOfSame } from '@/rooms/intake/steps'
import { boundsOf, layerFor, stepsOf, type Shapes } from '@/rooms/places/layers'
import { deviceName } from '@/rooms/session/devices'
import { BATCH_STATES } from '@/api/types'

describe('formats', () => {
  it('group numbers and show China’s time whatever the zone', () => {
    expect(number(528341)).toBe('528,341')
    expect(dateTime('2026-11-22T18:05:00Z')).toBe('2026-11-23 02:05')
    expect(date('2026-11-22T18:05:00Z')).toBe('2026-11-23')
    expect(date('1958-03')).toBe('1958-03')
    expect([hourOf(new Date('2026-11-22T23:05:00Z')), hourOf(new Date('2026-11-22T16:00:00Z'))]).toEqual([7, 0])
    expect(percent(0.8234)).toBe('82.3%')
    expect(bytes(2_480_000)).toBe('2.4 MB')
    expect([number(null), dateTime(null), percent(undefined)]).toEqual(['–', '–', '–'])
  })
})

describe('the map', () => {
  it('shows what lies directly below an area', () => {
    expect([undefined, '370302', '370302001', '370302001001'].map(layerFor)).toEqual(['towns', 'towns', 'villages', 'grids'])
  })
  it('makes classes that leave out nothing and overlap nowhere', () => {
    const steps = stepsOf([120, 340, 510, 900, 1200, 4100, 8000, 12000, 40000])
    expect(steps[0]?.from).toBe(0)
    expect(steps[steps.length - 1]?.to).toBeNull()
    steps.slice(1).forEach((s, i) => expect(steps[i]?.to).toBe(s.from - 1))
  })
  it('has no classes without people, and no box without shapes', () => {
    expect(stepsOf([0, 0])).toEqual([])
    expect(boundsOf({ type: 'FeatureCollection', features: [] } as Shapes)).toBeNull()
  })
})

describe('the mapping of columns', () => {
  const column = (name: string, fields: string[], confidence: number) => ({ name, letters: 'A', filled: 1, fields, confidence, reason: '', reason_text: '' })
  it('starts from what is kept, else from what is likely', () => {
    const preview = { columns: [column('a', ['name'], 0.9), column('b', ['birth'], 0.4), column('c', ['sex'], 0.9)], mapping: { columns: { c: ['name', 'phone'] } } }
    expect(startingFields(preview)).toEqual({ a: ['name'], b: [], c: ['name', 'phone'] })
  })
  it('goes back in the documented form', () => {
    expect(mappingOf({ a: ['name'], b: [], c: ['name', 'phone'], d: [''] }, { nation: '01', home: '' }, 'gcj02'))
      .toEqual({ version: 1, columns: { a: 'name', b: null, c: ['name', 'phone'], d: null }, constants: { nation: '01' }, datum: 'gcj02' })
  })
  it('tells three grades of confidence', () => {
    expect([0.99, 0.6, 0.2].map(confidenceOf)).toEqual(['high', 'medium', 'low'])
  })
})

describe('the states of an import', () => {
  it('each have a look, and unknown ones do not break the page', () => {
    for (const state of BATCH_STATES) expect(lookOf(state).icon).toBeTruthy()
    expect(lookOf('later').tone).toBe('idle')
  })
  it('are watched while a job runs', () => {
    expect(BATCH_STATES.filter((state) => isWorking({ state }))).toEqual(['uploaded', 'reading', 'checking', 'checked', 'merging', 'undoing'])
  })
  it('open the page at the findings before the merge', () => {
    const batch = { state: 'matched', check_counts: {}, match_counts: {}, findings: [{ code: 'x', severity: 'error', count: 1, reason: '', remedy: '' }] }
    expect([reachedStep(batch), openingStep(batch), openingStep({ ...batch, findings: [] })]).toEqual(['match', 'check', 'match'])
    const same = { ...batch, same_as: { id: '', filename: 'a.xlsx', merged_at: '2026-11-22T18:05:00Z' } }
    expect([tellsOfSame(same), tellsOfSame({ ...same, state: 'undone' }), tellsOfSame({ ...same, same_as: null })]).toEqual([true, false, false])
    expect(countOf({ bad_rows: 3, x: 'y' }, 'bad_rows') + countOf(null, 'bad_rows') + countOf({ x: 'y' }, 'x')).toBe(3)
  })
})

describe('the unit tree', () => {
  const unit = (id: string, parent_id: string | null, name: string) => ({ id, parent_id, name, kind: 'town', area_code: '', accounts: 0, ended_on: null })
  const units = [unit('d', null, 'District'), unit('t', 'd', 'Kunlun'), unit('v', 't', 'Niecun'), unit('o', 'gone', 'Orphan')]
  it('folds, and keeps units whose parent is out of sight', () => {
    expect(flatten(units, new Set(), '').map((l) => [l.unit.id, l.depth])).toEqual([['d', 0], ['t', 1], ['v', 2], ['o', 0]])
    expect(flatten(units, new Set(['t']), '').map((l) => l.unit.id)).toEqual(['d', 't', 'o'])
  })
  it('brings the ancestors of what matches', () => {
    expect(flatten(units, new Set(['t']), 'Nie').map((l) => l.unit.id)).toEqual(['d', 't', 'v'])
  })
})

it('names devices people recognise', () => {
  expect(deviceName('Mozilla/5.0 (Linux; Android 14) AppleWebKit Chrome/120 Mobile Safari/537')).toBe('Chrome · Android')
  expect(deviceName('curl/8')).toBeNull()
})
