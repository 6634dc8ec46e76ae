/**
 * Photos and files on their way. They are sent in parts: a cut line goes on where the server says it stands, and an upload
 * that has begun goes on when its page is left.
 */
import { useQueryClient } from '@tanstack/vue-query'
import { reactive } from 'vue'
import { ApiProblem, call, get } from '@/api/client'
import type { CaseFile } from '@/api/types'
import { useProblems } from '@/app/problems'

export type Purpose = CaseFile['purpose']
export interface Upload { key: number; caseId: string; file: File; purpose: Purpose; begun: CaseFile | null; share: number; problem: string; busy: boolean }

export const ACCEPTED = 'image/jpeg,image/png,image/webp,image/gif,application/pdf,.docx,.xlsx,video/mp4'
const TRIES = 4
const going = reactive<Upload[]>([])
let keys = 0

/** What a step is to show: how it was before, or after it was dealt with. */
export function evidenceOf(action: string): Purpose | null {
  if (['confirm_report', 'deny_report', 'take'].includes(action)) return 'before'
  return ['settle', 'hand_back', 'pass_check', 'fail_check'].includes(action) ? 'after' : null
}

/** Sends what is still missing of a file, part by part; `told` hears of each. Throws what the server refuses. */
export async function sendFile(caseId: string, file: File, purpose: Purpose, begun: CaseFile | null, told: (at: CaseFile) => void, pause = wait): Promise<CaseFile> {
  const base = `/cases/${caseId}/attachments`
  let at = begun ?? (await call<CaseFile>('POST', base, { body: { name: file.name.slice(-120), size: file.size, purpose } }))
  told(at)
  for (let failed = 0; !at.ready; ) {
    const part = file.slice(at.received, at.received + at.part_size)
    try {
      at = await call<CaseFile>('PATCH', `${base}/${at.id}`, { bytes: part, headers: { 'Content-Type': 'application/offset+octet-stream', 'Upload-Offset': String(at.received) } })
      failed = 0
    } catch (e) {
      if (!(e instanceof ApiProblem) || ![0, 409, 502, 503, 504].includes(e.status) || ++failed >= TRIES) throw e
      await pause(failed * 1000)
      at = await standing(base, at)
    }
    told(at)
  }
  return at
}

/** How much the server has; unchanged where it cannot be asked. */
async function standing(base: string, at: CaseFile): Promise<CaseFile> {
  try {
    return (await get<CaseFile[]>(base)).find((f) => f.id === at.id) ?? at
  } catch {
    return at
  }
}
const wait = (ms: number): Promise<void> => new Promise((go) => { setTimeout(go, ms) })

export function useUploads() {
  const queries = useQueryClient()
  const problems = useProblems()
  async function go(one: Upload): Promise<void> {
    one.busy = true
    one.problem = ''
    try {
      await sendFile(one.caseId, one.file, one.purpose, one.begun, (at) => { one.begun = at; one.share = at.received / at.size })
      forget(one)
      await queries.invalidateQueries({ queryKey: ['case-files', one.caseId] })
    } catch (e) {
      one.problem = problems.words(e)
      one.busy = false
    }
  }
  function forget(one: Upload): void {
    const place = going.findIndex((u) => u.key === one.key)
    if (place >= 0) going.splice(place, 1)
  }
  /** Sends files one after the other, so that a slow line is not divided. */
  function start(caseId: string, files: readonly File[], purpose: Purpose): void {
    const added = files.map((file) => reactive<Upload>({ key: ++keys, caseId, file, purpose, begun: null, share: 0, problem: '', busy: true }))
    going.push(...added)
    void added.reduce((before, one) => before.then(() => go(one)), Promise.resolve())
  }
  return { going, start, again: go, forget }
}
