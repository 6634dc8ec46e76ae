import { afterEach, describe, expect, it, vi } from 'vitest'
import type { CaseFile } from '@/api/types'
import { evidenceOf, sendFile } from '@/rooms/cases/uploads'

const SIZE = 10
const PART = 4

/** A server that keeps parts as ours does, and loses the line where it is told to. */
function server(lost: number[]) {
  const got: number[] = []
  let received = 0
  let asked = 0
  const file = (): CaseFile => ({ id: 'f', received, size: SIZE, part_size: PART, ready: received === SIZE } as CaseFile)
  vi.stubGlobal('document', { cookie: '' })
  vi.stubGlobal('fetch', async (_path: string, init: RequestInit) => {
    if (init.method === 'GET') return new Response(JSON.stringify([file()]))
    if (init.method === 'PATCH') {
      const offset = Number((init.headers as Record<string, string>)['Upload-Offset'])
      const length = (init.body as Blob).size
      const attempt = asked++
      if (offset === received) { received += length; got.push(offset) } else return new Response(JSON.stringify({ code: 'cases.attachment_offset' }), { status: 409 })
      if (lost.includes(attempt)) throw new TypeError('network') // taken, and the answer lost
    }
    return new Response(JSON.stringify(file()))
  })
  return got
}
const now = () => Promise.resolve()
const photo = () => new File([new Uint8Array(SIZE)], 'a.jpg')
afterEach(() => { vi.unstubAllGlobals() })

describe('a file on its way', () => {
  it('is sent part by part, each once, with how far it is', async () => {
    const got = server([])
    const told: number[] = []
    const done = await sendFile('c', photo(), 'after', null, (at) => told.push(at.received), now)
    expect([got, told, done.ready]).toEqual([[0, 4, 8], [0, 4, 8, 10], true])
  })
  it('goes on where the server stands after the line was cut', async () => {
    const got = server([0, 2])
    const done = await sendFile('c', photo(), 'after', null, () => undefined, now)
    expect([got, done.ready]).toEqual([[0, 4, 8], true])
  })
  it('goes on with what was begun, also from a page that knows less', async () => {
    const got = server([])
    const begun = { id: 'f', received: 8, size: SIZE, part_size: PART, ready: false } as CaseFile
    await sendFile('c', photo(), 'after', begun, () => undefined, now)
    expect(got).toEqual([0, 4, 8]) // the server had nothing of it: 409, asked, from the beginning
  })
  it('gives up what the server refuses, and a line that stays cut', async () => {
    vi.stubGlobal('document', { cookie: '' })
    vi.stubGlobal('fetch', async (_path: string, init: RequestInit) => init.method === 'POST' ? new Response(JSON.stringify({ id: 'f', received: 0, size: SIZE, part_size: PART, ready: false })) : new Response(JSON.stringify({ code: 'cases.attachment_kind' }), { status: 422 }))
    await expect(sendFile('c', photo(), 'after', null, () => undefined, now)).rejects.toMatchObject({ status: 422 })
    vi.stubGlobal('fetch', async () => { throw new TypeError('network') })
    const begun = { id: 'f', received: 4, size: SIZE, part_size: PART, ready: false } as CaseFile
    await expect(sendFile('c', photo(), 'after', begun, () => undefined, now)).rejects.toMatchObject({ status: 0 })
  })
})

describe('evidence of a step', () => {
  it('shows how it was before, or after it was dealt with', () => {
    expect(['take', 'confirm_report', 'hand_back', 'pass_check', 'close'].map(evidenceOf)).toEqual(['before', 'before', 'after', 'after', null])
  })
})
