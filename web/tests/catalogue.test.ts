import { describe, expect, it } from 'vitest'
import { ApiProblem } from '@/api/client'
import { bindingOf, bodyOf, boundOf, noFacts, OTHER, problemAt, problemBeside, type Inspection } from '@/rooms/ledgers/catalogue'

const seen = {
  subject: 'people', where: 'age>=80', constants: { 标准: '100' },
  columns: [
    { name: '姓名', field: 'name', label: '姓名', state: 'held' },
    { name: '面积', field: null, label: '', state: 'new' },
    { name: '标准', field: null, label: '100', state: 'constant' },
  ],
} as unknown as Inspection

describe('what fills a template', () => {
  it('goes back as it came', () => {
    expect(bindingOf(boundOf(seen))).toEqual({ version: 1, subject: 'people', columns: { 姓名: 'name', 面积: null, 标准: null }, constants: { 标准: '100' }, where: 'age>=80' })
  })
  it('leaves a column without a field where a fixed text stands, and a blank text out', () => {
    const bound = { ...boundOf(seen), constants: { 姓名: '某人', 面积: '  ' } }
    expect(bindingOf(bound)).toMatchObject({ columns: { 姓名: null, 面积: null }, constants: { 姓名: '某人' } })
  })
})

describe('what is said of a form', () => {
  it('names a unit, or an office outside', () => {
    expect(bodyOf({ ...noFacts(), issuer: 'u1', issuer_name: '写了又改' })).toMatchObject({ issuer_id: 'u1', issuer_name: '', valid_until: null })
    expect(bodyOf({ ...noFacts(), issuer: OTHER, issuer_name: '区残联' })).toMatchObject({ issuer_id: null, issuer_name: '区残联' })
  })
})

describe('what is wrong', () => {
  const error = new ApiProblem(422, { detail: '有内容需要修改', fields: [{ field: 'cycle', code: 'code', message: '请选择' }, { field: 'order', code: 'form', message: '格式不对' }] })
  it('stands at its field, and above where no field stands beside it', () => {
    expect(problemAt(error, 'cycle')).toBe('请选择')
    expect(problemBeside(error, ['cycle'], () => '有内容需要修改')).toBe('有内容需要修改 格式不对')
    expect(problemBeside(error, ['cycle', 'order'], () => '有内容需要修改')).toBe('')
    expect(problemBeside(null, [], () => 'x')).toBe('')
  })
})
