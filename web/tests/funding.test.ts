import { describe, expect, it } from 'vitest'
import { cents, decimal, isNegative, isZero, money, quantity, rate, sent, written } from '@/rooms/funding/money'
import { bought, milestones, usage } from '@/rooms/funding/parts'

describe('amounts of money', () => {
  it('are grouped from their text, so that no cent is lost', () => {
    expect(money('1234567.8')).toBe('1,234,567.80')
    expect(money('99999999999999.99')).toBe('99,999,999,999,999.99')
    expect(money('-0.05')).toBe('−0.05')
    expect(money('123')).toBe('123.00')
    expect(money(null)).toBe('–')
    expect(quantity('4865.500')).toBe('4,865.5')
    expect(quantity('100.000')).toBe('100')
    expect(rate('0.120000')).toBe('0.12')
  })
  it('are read as people type them, and refused beyond a cent', () => {
    expect(cents('1,234.5')).toBe(123450n)
    expect(cents('1，000')).toBe(100000n)
    expect(cents('')).toBe(0n)
    expect(cents('1.005')).toBeNull()
    expect(cents('-1')).toBeNull()
    expect(cents('abc')).toBeNull()
    expect(decimal(-5n)).toBe('-0.05')
    expect(sent('1,234.5')).toBe('1234.50')
    expect(sent('abc')).toBe('abc')
  })
  it('are told from nothing and from debt', () => {
    expect(isZero('0.00')).toBe(true)
    expect(isNegative('-0.01')).toBe(true)
    expect(isNegative('-0.00')).toBe(false)
    expect(written(202603)).toBe('2026-03')
  })
})

describe('pasted lines', () => {
  it('become milestones, usage and assets, whatever parts their columns', () => {
    expect(milestones('首付 2026-03-10 300\n尾 款\t2026-09-10\t1,700')).toEqual([
      { name: '首付', due_on: '2026-03-10', amount: '300.00' },
      { name: '尾 款', due_on: '2026-09-10', amount: '1700.00' },
    ])
    expect(usage('演示-1\t2026-02\t1000.5')).toEqual([{ number: '演示-1', month: 202602, quantity: '1000.5' }])
    expect(usage('演示-1,202602,100')).toEqual([{ number: '演示-1', month: 202602, quantity: '100' }])
    expect(usage('演示-1, 202602, 1,100')).toEqual([{ number: '演示-1', month: 202602, quantity: '1100' }])
    expect(usage('演示-1 202602 1,100 昆仑镇\n演示 1 2026-02 7 370302102')).toEqual([{ number: '演示-1', month: 202602, quantity: '1100', area: '昆仑镇' }, { number: '演示 1', month: 202602, quantity: '7', area: '370302102' }])
    expect(bought('门禁 4 1000 东门')).toEqual([{ name: '门禁', quantity: 4, cost: '1000.00', place: '东门' }])
  })
})
