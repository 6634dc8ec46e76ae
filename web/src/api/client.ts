/**
 * The one door to the API: adds language, CSRF and idempotency headers, turns problem documents into
 * `ApiProblem`, and lets an expired session be renewed in place before the same call is sent again.
 */
export interface FieldProblem { field: string; code: string; message: string }

/** A problem document (RFC 9457), or the fact that the server could not be reached (`status` 0). */
export class ApiProblem extends Error {
  readonly status: number
  readonly code: string
  readonly title: string
  readonly fields: FieldProblem[]
  readonly requestId: string | null
  /** Members beyond the standard ones, such as `tries_left` or `theirs`. */
  readonly extra: Record<string, unknown>

  constructor(status: number, body: Record<string, unknown>) {
    const text = (key: string) => (typeof body[key] === 'string' ? (body[key] as string) : '')
    super(text('detail') || text('title') || String(status))
    this.name = 'ApiProblem'
    this.status = status
    this.code = text('code')
    this.title = text('title')
    this.fields = Array.isArray(body.fields) ? (body.fields as FieldProblem[]) : []
    this.requestId = text('request_id') || null
    this.extra = body
  }
}

export type QueryValue = string | number | boolean | null | undefined
export interface CallOptions {
  query?: Record<string, QueryValue>
  body?: unknown
  form?: FormData
  /** A body as it is, such as a part of a file, with the headers that say what it is. */
  bytes?: Blob
  headers?: Record<string, string>
  signal?: AbortSignal
  /** One per user action; the same on every retry, so that a write is never done twice. */
  idempotencyKey?: string
  /** Do not ask for a new sign-in when the session has ended. */
  anonymous?: boolean
}

type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'

const hooks = {
  language: (): string => 'zh-CN',
  /** Resolves once the user has signed in again; rejects when they decline. */
  signInAgain: async (): Promise<void> => {
    throw new ApiProblem(401, { code: 'access.not_signed_in' })
  },
}

/** Lets the session and language stores plug themselves in without the client knowing them. */
export function configureClient(given: Partial<typeof hooks>): void {
  Object.assign(hooks, given)
}

/** A fresh key for one user action. */
export function newKey(): string {
  // randomUUID needs a secure context; a village may well run this over plain HTTP in its own network.
  if (typeof crypto.randomUUID === 'function') return crypto.randomUUID()
  const bytes = crypto.getRandomValues(new Uint8Array(16))
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x40
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80
  const hex = Array.from(bytes, (b) => b.toString(16).padStart(2, '0')).join('')
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`
}

/** Path under `/api` with its query; empty values are left out. */
export function apiUrl(path: string, query: Record<string, QueryValue> = {}): string {
  const parts = Object.entries(query)
    .filter(([, v]) => v !== undefined && v !== null && v !== '')
    .map(([k, v]) => `${encodeURIComponent(k)}=${encodeURIComponent(String(v))}`)
  return `/api${path}${parts.length ? `?${parts.join('&')}` : ''}`
}

function cookie(name: string): string {
  const found = document.cookie.split('; ').find((c) => c.startsWith(`${name}=`))
  return found ? decodeURIComponent(found.slice(name.length + 1)) : ''
}

async function problemOf(response: Response): Promise<ApiProblem> {
  try {
    return new ApiProblem(response.status, (await response.json()) as Record<string, unknown>)
  } catch {
    return new ApiProblem(response.status, {})
  }
}

async function send(method: Method, path: string, options: CallOptions, key: string): Promise<Response> {
  const headers: Record<string, string> = { Accept: 'application/json', 'Accept-Language': hooks.language(), ...options.headers }
  if (method !== 'GET') {
    headers['X-CSRFToken'] = cookie('csrftoken')
    headers['Idempotency-Key'] = key
  }
  let body: BodyInit | undefined
  if (options.form) body = options.form
  else if (options.bytes) body = options.bytes
  else if (options.body !== undefined) {
    headers['Content-Type'] = 'application/json'
    body = JSON.stringify(options.body)
  }
  try {
    return await fetch(apiUrl(path, options.query), {
      method, headers, body, signal: options.signal ?? null, credentials: 'same-origin',
    })
  } catch (error) {
    if (error instanceof DOMException && error.name === 'AbortError') throw error
    throw new ApiProblem(0, { code: 'network' })
  }
}

/** Sends one call and answers the raw response; throws `ApiProblem` for any status of 400 and above. */
export async function callRaw(method: Method, path: string, options: CallOptions = {}): Promise<Response> {
  const key = options.idempotencyKey ?? newKey()
  let response = await send(method, path, options, key)
  if (response.status === 403 && method !== 'GET' && (await problemOf(response.clone())).code === 'kernel.csrf') {
    // The token's cookie is missing or from before the last sign-in: asking for the session sets a fresh one.
    await send('GET', '/session', {}, key)
    response = await send(method, path, options, key)
  }
  if (response.status === 401 && !options.anonymous) {
    await hooks.signInAgain()
    response = await send(method, path, options, key)
  }
  if (!response.ok && response.status !== 304) throw await problemOf(response)
  return response
}

/** Sends one call and answers its JSON (undefined for an empty answer). */
export async function call<T>(method: Method, path: string, options: CallOptions = {}): Promise<T> {
  const response = await callRaw(method, path, options)
  const text = await response.text()
  return (text ? JSON.parse(text) : undefined) as T
}

export const get = <T>(path: string, query?: CallOptions['query'], signal?: AbortSignal): Promise<T> =>
  call<T>('GET', path, { query, signal })

/** What was answered last to the questions asked again and again, the latest few, in memory alone: nothing of it stays on a shared computer. */
const had = new Map<string, { tag: string; body: unknown }>()
const MOST_HAD = 30

/** `get` for what is asked again every minute: where nothing changed the server sends nothing, and the answer is the very one from before. */
export async function getAgain<T>(path: string, query?: CallOptions['query'], signal?: AbortSignal): Promise<T> {
  const key = `${hooks.language()} ${apiUrl(path, query)}`
  const before = had.get(key)
  const response = await callRaw('GET', path, { query, signal, headers: before ? { 'If-None-Match': before.tag } : {} })
  if (response.status === 304 && before) return before.body as T
  const body = (await response.json()) as T
  const tag = response.headers.get('ETag')
  had.delete(key)
  if (tag) had.set(key, { tag, body })
  if (had.size > MOST_HAD) had.delete([...had.keys()][0] as string)
  return body
}

/** Fetches a file and hands it to the browser under the name the server gives it. */
export async function download(method: 'GET' | 'POST', path: string, options: CallOptions & { filename: string }): Promise<void> {
  const response = await callRaw(method, path, options)
  const disposition = response.headers.get('Content-Disposition') ?? ''
  const starred = /filename\*=UTF-8''([^;]+)/i.exec(disposition)?.[1]
  const plain = /filename="?([^";]+)"?/i.exec(disposition)?.[1]
  const link = document.createElement('a')
  link.href = URL.createObjectURL(await response.blob())
  link.download = starred ? decodeURIComponent(starred) : (plain ?? options.filename)
  document.body.append(link)
  link.click()
  link.remove()
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000)
}
