/** Help: every page of the navigation has an entry, both languages say the same, and every link leads somewhere. */
import { readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it, vi } from 'vitest'

vi.stubGlobal('matchMedia', () => ({ matches: false, addEventListener: () => {} }))
const { PAGES } = await import('@/app/navigation')
const { router } = await import('@/app/router')
const { ROLES, found, pageOf, piecesOf } = await import('@/rooms/help/topics')
type Topic = import('@/rooms/help/topics').Topic

const read = (language: string) => JSON.parse(readFileSync(join(__dirname, '..', 'src', 'rooms', 'help', 'content', `${language}.json`), 'utf8')) as Topic[]
const chinese = read('zh-CN')
const english = read('en')
const links = (topic: Topic) => topic.steps.flatMap((step) => piecesOf(step).flatMap((piece) => (piece.to ? [piece.to] : [])))

describe('help', () => {
  it('has an entry for each page of the navigation, and names no page that is gone', () => {
    const told = chinese.flatMap((topic) => topic.pages)
    expect([...told].sort()).toEqual(PAGES.map((p) => p.key).sort())
  })
  it('says the same in both languages', () => {
    expect(english.map((t) => [t.id, t.roles, t.pages, t.steps.length])).toEqual(chinese.map((t) => [t.id, t.roles, t.pages, t.steps.length]))
    english.forEach((topic, i) => expect(links(topic).sort(), topic.id).toEqual(links(chinese[i] as Topic).sort()))
    for (const topic of english) expect(/\p{Script=Han}/u.test(topic.title + topic.steps.join('')), topic.id).toBe(false)
  })
  it('leads only to pages there are', () => {
    for (const topic of chinese) for (const link of links(topic)) expect(router.resolve(link).meta.title, `${topic.id}: ${link}`).not.toBe('missing')
  })
  it('calls buttons and tabs what they are called', () => {
    const words = (catalogue: object): string[] => Object.values(catalogue).flatMap((v) => (typeof v === 'string' ? [v] : words(v as object)))
    for (const [language, topics] of [['zh-CN', chinese], ['en', english]] as const) {
      const folder = join(__dirname, '..', 'src', 'i18n', language)
      const catalogues = readdirSync(folder).filter((name) => name.endsWith('.json')).map((name) => JSON.parse(readFileSync(join(folder, name), 'utf8')) as object)
      const said = new Set([...catalogues.flatMap(words), '另存为 PDF', 'Save as PDF']) // the last two are the browser's own
      for (const topic of topics) {
        for (const [, before, name] of topic.steps.join(' ').matchAll(/(例如|such as )?“([^”]+)”/g)) if (!before) expect(said, `${topic.id}: ${name}`).toContain(name)
      }
    }
  })
  it('speaks to every post', () => {
    for (const role of ROLES) expect(found(chinese, '', role, '').length, role).toBeGreaterThan(2)
  })
  it('is found by words and begins with the page one was on', () => {
    expect(found(english, 'undone batch', '', '')[0]?.id).toBe('import')
    expect(found(english, 'no such words', '', '')).toEqual([])
    expect(found(chinese, '', '', 'transfers')[0]?.id).toBe('transfers')
    expect([pageOf('/people/42'), pageOf('/intake/new'), pageOf('/'), pageOf('/account')]).toEqual(['people', 'upload', 'home', ''])
  })
})
