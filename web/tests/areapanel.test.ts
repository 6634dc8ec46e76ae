/** Finding an area by keyboard: what was typed is meant, not the list that still stands there. */
import { VueQueryPlugin } from '@tanstack/vue-query'
import { flushPromises, mount } from '@vue/test-utils'
import { createPinia } from 'pinia'
import { afterEach, beforeAll, beforeEach, expect, it, vi } from 'vitest'
import type { Session } from '@/api/types'
import { useSession } from '@/app/session'
import AreaPanel from '@/components/AreaPanel.vue'
import { i18n, setLanguage } from '@/i18n'

const own = [{ code: '370302101', level: 'town', kind: 'town', name: 'A', children: 0 }, { code: '370302102', level: 'town', kind: 'town', name: 'B', children: 0 }]
const found = { code: '370302102201', level: 'village', kind: 'village', name: 'N', short_name: 'N', path: 'B', villages: 0, grids: 0 }

beforeAll(() => setLanguage('en'))
beforeEach(() => { vi.useFakeTimers() })
afterEach(() => { vi.useRealTimers(); vi.unstubAllGlobals() })

it('takes what was looked for when arrow and Enter are pressed before the answer is there', async () => {
  vi.stubGlobal('fetch', vi.fn(async () => new Response(JSON.stringify([found]), { headers: { 'Content-Type': 'application/json' } })))
  const pinia = createPinia()
  useSession(pinia).data = { signed_in: true, areas: own, permissions: [] } as unknown as Session
  const panel = mount(AreaPanel, { attachTo: document.body, global: { plugins: [pinia, i18n, VueQueryPlugin] } })
  const field = panel.get('input')
  field.element.focus()
  await field.setValue('N')
  await field.trigger('keydown', { key: 'ArrowDown' })
  expect(document.activeElement).toBe(field.element)
  await field.trigger('keydown', { key: 'Enter' })
  await vi.advanceTimersByTimeAsync(400)
  await flushPromises()
  expect(panel.emitted('update:modelValue')).toEqual([['370302102201']])
  panel.unmount()
})
