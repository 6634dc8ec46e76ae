/** Both languages say the same things, every key asked for exists, and no page speaks by itself. */
import { readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'

const ROOT = join(__dirname, '..', 'src')
type Catalogue = { [key: string]: string | Catalogue }

function files(folder: string, endings: RegExp): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name)
    return entry.isDirectory() ? files(path, endings) : endings.test(entry.name) ? [path] : []
  })
}
function flat(catalogue: Catalogue, before = ''): Map<string, string> {
  return new Map(Object.entries(catalogue).flatMap(([key, value]) =>
    typeof value === 'string' ? [[before + key, value] as [string, string]] : [...flat(value, `${before}${key}.`)]))
}
function load(language: string): Map<string, string> {
  const folder = join(ROOT, 'i18n', language)
  return new Map(readdirSync(folder).filter((name) => name.endsWith('.json')).flatMap((name) =>
    [...flat(JSON.parse(readFileSync(join(folder, name), 'utf8')) as Catalogue, `${name.slice(0, -5)}.`)]))
}

const chinese = load('zh-CN')
const english = load('en')
const sources = files(ROOT, /\.(vue|ts)$/).filter((path) => !path.includes('i18n') && !path.endsWith('schema.d.ts'))
const slots = (text: string) => [...text.matchAll(/\{(\w+)\}/g)].map((m) => m[1]).sort().filter((s, i, all) => all.indexOf(s) === i)

describe('catalogues', () => {
  it('hold the same keys in both languages', () => {
    expect([...english.keys()].sort()).toEqual([...chinese.keys()].sort())
  })

  it('say nothing empty and fill the same slots', () => {
    for (const [key, text] of chinese) {
      expect(text, key).not.toBe('')
      const counterpart = english.get(key) ?? ''
      for (const form of counterpart.split(' | ')) for (const slot of slots(form)) expect(slots(text), key).toContain(slot)
      for (const slot of slots(text)) expect(counterpart, key).toContain(`{${slot}}`)
    }
  })

  it('hold no Chinese in English, and Chinese in Chinese', () => {
    const han = /\p{Script=Han}/u
    const both = new Set(['nav.languageShort', 'nav.product'])
    for (const [key, text] of english) if (!both.has(key)) expect(han.test(text), `${key}: ${text}`).toBe(false)
  })

  it('hold every key that pages ask for', () => {
    const missing: string[] = []
    for (const path of sources) {
      const source = readFileSync(path, 'utf8')
      for (const [, key = ''] of source.matchAll(/\bt\('([\w.]+)'/g)) if (!chinese.has(key)) missing.push(`${path}: ${key}`)
      // A key that is put together must at least begin like one there is.
      for (const [, start = ''] of source.matchAll(/\bt\(`([\w.]+\.)\$\{/g)) {
        if (![...chinese.keys()].some((key) => key.startsWith(start))) missing.push(`${path}: ${start}…`)
      }
    }
    expect(missing).toEqual([])
  })

  it('are all that pages say: no Chinese stands in a component', () => {
    const speaking = sources.filter((path) => /[\u3000-\u303f\u3400-\u9fff\uff00-\uffef]/.test(readFileSync(path, 'utf8')))
    expect(speaking).toEqual([])
  })

  it('hold nothing that no page asks for', () => {
    const all = sources.map((path) => readFileSync(path, 'utf8')).join('\n')
    const asked = new Set([...all.matchAll(/'([\w.]+)'/g)].map((m) => m[1]))
    const starts = [...new Set([...all.matchAll(/`([\w.]+)\$\{/g)].map((m) => m[1] ?? ''))]
    const middles = [...all.matchAll(/`([\w.]+)\$\{[^}]+\}([\w.]*)`/g)].map((m) => [m[1] ?? '', m[2] ?? ''] as const)
    const unused = [...chinese.keys()].filter((key) => !asked.has(key)
      && !starts.some((start) => key.startsWith(start)) && !middles.some(([a, b]) => key.startsWith(a) && key.endsWith(b)))
    expect(unused).toEqual([])
  })
})
