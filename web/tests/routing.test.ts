import { describe, expect, it } from 'vitest'
import { categoryOptions, matching } from '@/rooms/routing/choices'
import { changesOf, fromFile, moved, reordered, sent, toDraft } from '@/rooms/routing/draft'
import { keepDraft, leftDraft } from '@/rooms/routing/kept'
import type { RoutingRule } from '@/api/types'

const rule = (position: number, more: Partial<RoutingRule> = {}): RoutingRule => ({
  id: `r${position}`, position, standard_ref: '', kind: '', code: `0${position}`, area_code: '', ownership: '', target: 'unit', unit_id: 'u', unit_name: '甲局',
  basis: '', certainty: 'local', certainty_label: '', valid_from: null, valid_until: null, category: '', area_name: '', reach: '', version: 1, changed_at: null,
  changed_by_name: '', ...more,
})
const held = [rule(1), rule(2), rule(3)]

describe('a draft of the rules of routing', () => {
  it('changes nothing as long as nothing was changed', () => {
    expect(changesOf(toDraft(held), held)).toEqual({ added: 0, changed: 0, moved: 0, ended: 0 })
  })
  it('counts a rule that was left out as ended, and nobody below it as moved', () => {
    const draft = toDraft(held).slice(1)
    expect(changesOf(draft, held)).toEqual({ added: 0, changed: 0, moved: 0, ended: 1 })
    expect(reordered(draft).size).toBe(0)
  })
  it('counts both of two that changed places as moved, and leaves the ends where they are', () => {
    const draft = moved(toDraft(held), 1, -1)
    expect(draft.map((r) => r.id)).toEqual(['r2', 'r1', 'r3'])
    expect([...reordered(draft)]).toEqual(['r2', 'r1'])
    expect(moved(draft, 0, -1)).toEqual(draft)
    expect(moved(draft, 2, 1)).toEqual(draft)
  })
  it('sends a changed rule with its id, and a new one without', () => {
    const draft = toDraft(held).flatMap((r, at) => (at === 0 ? [{ ...r, basis: '某文' }] : [r]))
    draft.push(...toDraft([rule(1, { id: null })]).map((r) => ({ ...r, key: 'new', was: 0 })))
    expect(changesOf(draft, held)).toEqual({ added: 1, changed: 1, moved: 0, ended: 0 })
    expect(sent(draft).map((r) => r.id)).toEqual(['r1', 'r2', 'r3', null])
    expect(Object.keys(sent(draft)[0] ?? {})).not.toContain('unit_name')
  })
  it('knows the rules of a file that hold already', () => {
    const draft = fromFile([rule(1, { id: 'r3' }), rule(2, { id: null })], held)
    expect(draft.map((r) => [r.was, r.version])).toEqual([[3, 1], [0, 0]])
  })
})

describe('the categories a rule may be about', () => {
  const c = (kind: 'component' | 'matter', code: string, name: string, major_name: string) => ({ standard_ref: 'GB', kind, code, name, major_name })
  const all = [c('component', '01001', '供水井盖', '市政公用设施'), c('matter', '01001', '供水井盖异常', '市政公用设施'), c('matter', '06010', '暴露垃圾', '市容环境类')]
  it('stand with their majors first, each code once with every name it has', () => {
    expect(categoryOptions(all, '', '').map((o) => o.label)).toEqual(['01 市政公用设施', '06 市容环境类', '01001 供水井盖 / 供水井盖异常', '06010 暴露垃圾'])
    expect(categoryOptions(all, 'component', '').map((o) => o.code)).toEqual(['01', '01001'])
  })
  it('are found by code or name, and the chosen one always stands among them', () => {
    const options = categoryOptions(all, '', '')
    expect(matching(options, '06', '').map((o) => o.code)).toEqual(['06', '06010'])
    expect(matching(options, '垃圾', '01').map((o) => o.code)).toEqual(['01', '06010'])
    expect(matching(options, '垃圾', '99').map((o) => o.code)).toEqual(['99', '06010'])
  })
})

describe('a draft of the rules that was not saved', () => {
  const draft = { rules: [...toDraft(held), { ...rule(4, { id: null }), key: 'new-1', was: 0 }], begun: 's1', on: '2026-12-01', reason: '某文' }
  it('is there again for its account alone, and its new rules have keys of their own', () => {
    keepDraft('a', draft)
    const left = leftDraft('a')
    expect(left).toMatchObject({ begun: 's1', on: '2026-12-01', reason: '某文' })
    expect(left?.rules.map((r) => r.key)).toEqual(['r1', 'r2', 'r3', 'kept-new-1'])
    expect(changesOf(left?.rules ?? [], held)).toEqual({ added: 1, changed: 0, moved: 0, ended: 0 })
    expect(leftDraft('b')).toBeNull()
  })
  it('is gone once it was saved or dropped, and what is no draft is none', () => {
    keepDraft('a', draft)
    keepDraft('a', null)
    expect(leftDraft('a')).toBeNull()
    sessionStorage.setItem('linli.typed:a:case-routing', '{"rules":5}')
    expect(leftDraft('a')).toBeNull()
  })
})
