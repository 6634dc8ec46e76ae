/** Lines people paste: milestones of a contract, usage of operators. Columns are told apart by tabs, spaces or commas. */
import { sent } from './money'

/** Where tabs or spaces part the columns, a comma inside a number only groups it; in a line without them commas part columns. */
const cells = (line: string): string[] =>
  (/[\s;\uff1b]/.test(line.trim()) ? line.trim().split(/[;\uff1b]|\s+/).map((cell) => cell.replace(/[,\uff0c]$/, '')) : line.trim().split(/[,\uff0c]/)).filter(Boolean)
const lines = (text: string): string[] => text.split('\n').map((line) => line.trim()).filter(Boolean)

/** `deposit 2026-03-10 300` a line: what, when, how much. What is missing is left for the server to name. */
export const milestones = (text: string): { name: string; due_on: string; amount: string }[] =>
  lines(text).map(cells).map((parts) => ({ name: parts.slice(0, -2).join(' ') || (parts[0] ?? ''), due_on: parts[parts.length - 2] ?? '', amount: sent(parts[parts.length - 1] ?? '') }))

const MONTH = /^\d{4}-?(0[1-9]|1[0-2])$/
/** `HT-1 202602 1000.5` a line: contract, month, quantity, and, where several have the number, whose it is. */
export const usage = (text: string): { number: string; month: number; quantity: string; area?: string }[] =>
  lines(text).map(cells).map((all) => {
    const last = all[all.length - 1] ?? ''
    const placed = all.length > 3 && MONTH.test(all[all.length - 3] ?? '') && (!/^[\d.,\uff0c]+$/.test(last) || !MONTH.test(all[all.length - 2] ?? ''))
    const parts = placed ? all.slice(0, -1) : all
    return { number: parts.slice(0, -2).join(' '), month: Number((parts[parts.length - 2] ?? '').replace('-', '')) || 0, quantity: (parts[parts.length - 1] ?? '').replace(/[,\uff0c]/g, ''), ...(placed ? { area: last } : {}) }
  })

/** `gate 4 1000 east` a line: what, how many, cost of all, where. */
export const bought = (text: string): { name: string; quantity: number; cost: string; place: string }[] =>
  lines(text).map(cells).map(([name = '', quantity = '', cost = '', ...place]) => ({ name, quantity: Number(quantity) || 0, cost: sent(cost), place: place.join(' ') }))
