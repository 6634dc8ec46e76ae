/** Errors that have no field beside them still say what each field lacks; a declined sign-in needs no second message. */
import { describe, expect, it, vi } from 'vitest'
import { createApp, h } from 'vue'
import { createI18n } from 'vue-i18n'
import { ApiProblem } from '@/api/client'

const said = vi.hoisted(() => [] as string[])
vi.mock('element-plus/es/components/message/index', () => ({ ElMessage: ({ message }: { message: string }) => said.push(message) }))
const { useProblems } = await import('@/app/problems')

function show(error: unknown): string | undefined {
  said.length = 0
  const i18n = createI18n({ legacy: false, locale: 'en', messages: { en: { common: { problem: { network: 'No network', unexpected: 'Odd' } } } } })
  const app = createApp({ setup() { useProblems().show(error); return () => h('p') } }).use(i18n)
  app.mount(document.createElement('div'))
  app.unmount()
  return said[0]
}
const field = (name: string, message: string) => ({ field: name, code: 'x', message })

describe('an error shown in passing', () => {
  it('says what each field lacks, once', () => {
    const fields = [field('name', 'Too long.'), field('name_en', 'Too long.'), field('area', 'Choose a village.')]
    expect(show(new ApiProblem(422, { detail: 'Please mend what is named.', fields }))).toBe('Too long. Choose a village.')
  })
  it('says the sentence of the server, or that it could not be reached', () => {
    expect(show(new ApiProblem(409, { detail: 'Somebody was quicker.' }))).toBe('Somebody was quicker.')
    expect(show(new ApiProblem(0, {}))).toBe('No network')
    expect(show(new TypeError('x is undefined'))).toBe('Odd')
  })
  it('is silent where signing in again is asked for', () => {
    expect(show(new ApiProblem(401, { detail: 'Signed out.' }))).toBeUndefined()
  })
})
