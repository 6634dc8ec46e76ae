/**
 * What was typed and could not be sent yet, kept through a reload: in villages the line breaks while one works. It lies in
 * this tab's storage, under the account that typed it, and goes when that account signs out or another one comes.
 */
const PREFIX = 'linli.typed:'
const name = (account: string, subject: string): string => `${PREFIX}${account}:${subject}`

export function keepTyped(account: string, subject: string, value: unknown): void {
  try {
    sessionStorage.setItem(name(account, subject), JSON.stringify(value))
  } catch {
    // Storage is full or switched off: what was typed still stands on the page.
  }
}
export function takeTyped<T>(account: string, subject: string): T | null {
  try {
    const kept = sessionStorage.getItem(name(account, subject))
    return kept ? (JSON.parse(kept) as T) : null
  } catch {
    return null
  }
}
/** The subjects under a prefix of which something is kept. */
export function typedSubjects(account: string, prefix: string): string[] {
  const start = name(account, prefix)
  try {
    const keys = Array.from({ length: sessionStorage.length }, (_, i) => sessionStorage.key(i) ?? '')
    return keys.filter((key) => key.startsWith(start)).map((key) => key.slice(name(account, '').length)).sort()
  } catch {
    return []
  }
}
export function dropTyped(account: string, subject: string): void {
  try {
    sessionStorage.removeItem(name(account, subject))
  } catch {
    // Nothing was kept.
  }
}
/** Forgets everything but what `account` typed; without one, everything. */
export function forgetTyped(account?: string): void {
  try {
    const keys = Array.from({ length: sessionStorage.length }, (_, i) => sessionStorage.key(i) ?? '')
    for (const key of keys) if (key.startsWith(PREFIX) && !(account && key.startsWith(`${PREFIX}${account}:`))) sessionStorage.removeItem(key)
  } catch {
    // Nothing was kept.
  }
}
