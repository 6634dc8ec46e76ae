/** The one door to the API: headers, errors, renewal of a session, and keys that keep an action single. */
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { ApiProblem, apiUrl, call, configureClient, getAgain, newKey } from '@/api/client'

type Reply = { status: number; body?: unknown; headers?: Record<string, string> }
const sent: { url: string; init: RequestInit }[] = []
function server(...replies: Reply[]): void {
  vi.stubGlobal('fetch', vi.fn(async (url: string, init: RequestInit) => {
    sent.push({ url, init })
    const reply = replies.shift() ?? { status: 200, body: {} }
    return new Response(reply.status === 204 || reply.status === 304 ? null : JSON.stringify(reply.body ?? {}), { status: reply.status, headers: reply.headers ?? {} })
  }))
}
const header = (at: number, name: string) => (sent[at]?.init.headers as Record<string, string>)[name]

beforeEach(() => { sent.length = 0; document.cookie = 'csrftoken=abc' })
afterEach(() => vi.unstubAllGlobals())

describe('the API client', () => {
  it('leaves empty values out of addresses and encodes the rest', () => {
    expect(apiUrl('/people', { area: '370302', q: '', sex: undefined, name: '王 五' })).toBe('/api/people?area=370302&name=%E7%8E%8B%20%E4%BA%94')
  })

  it('sends language, CSRF token and an idempotency key with writes', async () => {
    configureClient({ language: () => 'en' })
    server({ status: 200, body: { ok: true } })
    await call('POST', '/x', { body: { a: 1 }, idempotencyKey: 'k1' })
    expect([header(0, 'Accept-Language'), header(0, 'X-CSRFToken'), header(0, 'Idempotency-Key')]).toEqual(['en', 'abc', 'k1'])
  })

  it('names what it had, and keeps it where nothing changed', async () => {
    server({ status: 200, body: { n: 1 }, headers: { ETag: 'W/"a"' } }, { status: 304 }, { status: 200, body: { n: 2 }, headers: { ETag: 'W/"b"' } })
    const [first, same, next] = [await getAgain('/again', { q: 1 }), await getAgain('/again', { q: 1 }), await getAgain('/again', { q: 1 })]
    expect(same).toBe(first)
    expect(next).toEqual({ n: 2 })
    expect([0, 1, 2].map((at) => header(at, 'If-None-Match'))).toEqual([undefined, 'W/"a"', 'W/"a"'])
  })

  it('turns problem documents into typed errors', async () => {
    server({ status: 422, body: { code: 'kernel.invalid', detail: 'no', fields: [{ field: 'name', code: 'required', message: 'missing' }], request_id: 'r1' } })
    const problem = await call('POST', '/x').catch((e: unknown) => e)
    expect(problem).toBeInstanceOf(ApiProblem)
    expect(problem).toMatchObject({ status: 422, code: 'kernel.invalid', requestId: 'r1', fields: [{ field: 'name' }] })
  })

  it('asks for a new sign-in once and repeats the same call with the same key', async () => {
    const again = vi.fn(async () => {})
    configureClient({ signInAgain: again })
    server({ status: 401, body: { code: 'kernel.unauthenticated' } }, { status: 200, body: { done: 1 } })
    expect(await call('POST', '/x', { idempotencyKey: 'k2' })).toEqual({ done: 1 })
    expect(again).toHaveBeenCalledOnce()
    expect([header(0, 'Idempotency-Key'), header(1, 'Idempotency-Key')]).toEqual(['k2', 'k2'])
  })

  it('fetches a fresh token when the page has an old one', async () => {
    server({ status: 403, body: { code: 'kernel.csrf' } }, { status: 200 }, { status: 200, body: { done: 1 } })
    expect(await call('POST', '/x')).toEqual({ done: 1 })
    expect(sent.map((s) => s.url)).toEqual(['/api/x', '/api/session', '/api/x'])
  })

  it('says so when the server cannot be reached', async () => {
    vi.stubGlobal('fetch', vi.fn(async () => { throw new TypeError('fetch failed') }))
    await expect(call('GET', '/x')).rejects.toMatchObject({ status: 0, code: 'network' })
  })

  it('makes keys of the form of a UUID even without a secure context', () => {
    vi.stubGlobal('crypto', { getRandomValues: (b: Uint8Array) => b.fill(7) })
    expect(newKey()).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
  })
})
