/** Help inside the program: what each kind of user does, step by step, with the very pages. Loaded when first looked at. */
import { PAGES } from '@/app/navigation'
import type { Language } from '@/i18n'

export const ROLES = ['grid', 'village', 'town', 'admin', 'audit'] as const
export type Role = (typeof ROLES)[number]
export interface Topic { id: string; title: string; roles: Role[]; pages: string[]; steps: string[] }
export interface Piece { text: string; to?: string }

const contents: Record<Language, () => Promise<{ default: unknown }>> = {
  'zh-CN': () => import('./content/zh-CN.json'),
  en: () => import('./content/en.json'),
}
export const loadTopics = async (language: Language): Promise<Topic[]> => (await contents[language]()).default as Topic[]

/** A step as words and links: `[words](/path)` is a link to a page of the console. */
export function piecesOf(step: string): Piece[] {
  const pieces: Piece[] = []
  let at = 0
  for (const match of step.matchAll(/\[([^\]]+)\]\((\/[^)]*)\)/g)) {
    if (match.index > at) pieces.push({ text: step.slice(at, match.index) })
    pieces.push({ text: match[1] ?? '', to: match[2] ?? '/' })
    at = match.index + match[0].length
  }
  if (at < step.length) pieces.push({ text: step.slice(at) })
  return pieces
}

/** The page of the navigation an address belongs to: that of `/people/42` is people. */
export function pageOf(path: string): string {
  const holds = PAGES.filter((p) => p.path === path || (p.path !== '/' && path.startsWith(`${p.path}/`)))
  return holds.sort((a, b) => b.path.length - a.path.length)[0]?.key ?? (path === '/' ? 'home' : '')
}

/** Topics with all the words that were typed, those of the page one comes from first. */
export function found(topics: readonly Topic[], words: string, role: Role | '', page: string): Topic[] {
  const asked = words.trim().toLowerCase().split(/\s+/).filter(Boolean)
  const has = (topic: Topic) => {
    const text = [topic.title, ...topic.steps.map((s) => piecesOf(s).map((p) => p.text).join(''))].join(' ').toLowerCase()
    return asked.every((word) => text.includes(word))
  }
  const first = (topic: Topic) => (page && topic.pages.includes(page) ? 0 : 1)
  return topics.filter((topic) => (!role || topic.roles.includes(role)) && has(topic)).sort((a, b) => first(a) - first(b))
}
