/** The directory as a tree, and what answers to what is typed. */
import { describe, expect, it } from 'vitest'
import type { CategoryRow } from '@/api/types'
import { answers, treeOf } from '@/rooms/directory/tree'

const category = (kind: CategoryRow['kind'], code: string, name: string, more: Partial<CategoryRow> = {}) =>
  ({ id: `${kind}${code}`, kind, kind_label: kind, code, name, initials: '', major: code.slice(0, 2), major_name: `M${code.slice(0, 2)}`, standard_ref: 'S', offered: true, ...more }) as CategoryRow

describe('the directory', () => {
  it('answers to the beginning of a code or of initials, and to a part of the name or major', () => {
    const c = category('matter', '06010', '暴露垃圾', { initials: 'bllj', major_name: '市容环境类' })
    for (const typed of ['', '06', '06010', 'BL', ' bllj ', '垃圾', '市容']) expect(answers(c, typed), typed).toBe(true)
    for (const typed of ['010', 'lj', '渣土']) expect(answers(c, typed), typed).toBe(false)
  })

  it('keeps a component and a matter of one code apart', () => {
    const tree = treeOf([category('matter', '01001', 'b'), category('component', '01001', 'a')])
    expect(tree.map((b) => [b.kind, b.majors.map((m) => m.items.map((c) => c.name))])).toEqual([['component', [['a']]], ['matter', [['b']]]])
  })

  it('keeps majors of different standards apart, those that are not offered last', () => {
    const other = category('matter', '01031', 'x', { standard_ref: 'City', offered: false })
    const tree = treeOf([other, category('matter', '06001', 'y'), category('matter', '01002', 'z')])
    expect(tree[0]?.majors.map((m) => [m.code, m.standard])).toEqual([['01', 'S'], ['06', 'S'], ['01', 'City']])
  })
})
