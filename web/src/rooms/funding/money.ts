/** Amounts as people read them: grouped, two places, from the decimal text itself, so that no cent is lost in a float. */

/** `1234567.8` as `1,234,567.80`; nothing as a dash. */
export function money(value: string | null | undefined): string {
  if (value == null || value === '') return '–'
  const [, sign = '', whole = '0', rest = ''] = /^(-?)(\d+)(?:\.(\d*))?$/.exec(value) ?? []
  return `${sign ? '−' : ''}${whole.replace(/\B(?=(\d{3})+$)/g, ',')}.${rest.padEnd(2, '0').slice(0, 2)}`
}
export const isNegative = (value: string): boolean => value.startsWith('-') && /[1-9]/.test(value)
export const isZero = (value: string): boolean => !/[1-9]/.test(value)

/** What was typed as whole cents, or null where it is no amount: `1,234.5` is 123450. */
export function cents(typed: string): bigint | null {
  const plain = typed.replace(/[,\uff0c\s]/g, '')
  if (plain === '') return 0n
  const [, whole, rest = ''] = /^(\d{1,14})(?:\.(\d{0,2}))?$/.exec(plain) ?? []
  return whole === undefined ? null : BigInt(whole) * 100n + BigInt(rest.padEnd(2, '0'))
}
/** Whole cents as a decimal text. */
export function decimal(value: bigint): string {
  const digits = (value < 0n ? -value : value).toString().padStart(3, '0')
  return `${value < 0n ? '-' : ''}${digits.slice(0, -2)}.${digits.slice(-2)}`
}
/** An amount as the API takes it; what is no amount goes as it was typed, for the server to refuse beside its field. */
export const sent = (typed: string): string => { const value = cents(typed); return value === null ? typed.trim() : decimal(value) }
/** 202611 as 2026-11. */
export const written = (month: number): string => `${Math.floor(month / 100)}-${String(month % 100).padStart(2, '0')}`
/** The share of one amount in another, for a bar: 0 to 1. */
export const share = (part: string, whole: string): number => { const of = Number(whole); return of > 0 ? Math.min(Math.max(Number(part) / of, 0), 1) : 0 }
/** `0.120000` as `0.12`: a rate keeps the decimals it was agreed with. */
export const rate = (value: string): string => value.replace(/(\.\d*?)0+$/, '$1').replace(/\.$/, '')
/** `4865.500` as `4,865.5`: how much was used, grouped, without idle decimals. */
export const quantity = (value: string): string => { const [whole = '0', rest] = rate(value).split('.'); return `${whole.replace(/\B(?=(\d{3})+$)/g, ',')}${rest ? `.${rest}` : ''}` }
