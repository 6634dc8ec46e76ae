/** Who is signed in and what they may do. A session that ends mid-work is renewed over the page, not instead of it. */
import { defineStore } from 'pinia'
import { computed, ref, shallowRef } from 'vue'
import { ApiProblem, call, get } from '@/api/client'
import type { Area, Level, Session } from '@/api/types'
import { forgetTyped } from './typed'

export const useSession = defineStore('session', () => {
  const data = shallowRef<Session | null>(null)
  /** Set while the sign-in dialog lies over the page. */
  const renewing = ref(false)
  let renewal: { promise: Promise<void>; resolve: () => void; reject: (e: Error) => void } | null = null

  const signedIn = computed(() => data.value?.signed_in === true)
  const account = computed(() => data.value?.account ?? null)
  const areas = computed<Area[]>(() => (data.value?.areas ?? []).map((a) => ({ ...a, level: a.level as Level })))
  const permissions = computed(() => new Set(data.value?.permissions ?? []))

  /** Where on the own page something has to be done before anything else; empty when there is nothing. */
  const unfinished = computed(() => (account.value?.must_change_password ? '#password' : account.value?.must_enrol ? '#second-factor' : ''))

  /** True when the actor holds any of the permissions; no permission asked means everyone signed in. */
  function may(...any: string[]): boolean {
    return any.length === 0 || any.some((p) => permissions.value.has(p))
  }

  async function load(): Promise<void> {
    data.value = await get<Session>('/session')
  }

  /** Answers whether a code is asked for before anybody is signed in. */
  async function signIn(username: string, password: string): Promise<boolean> {
    const next = await call<Session>('POST', '/session', { body: { username, password }, anonymous: true })
    if (next.second_step) return true
    enter(next)
    return false
  }

  async function secondStep(code: string): Promise<void> {
    enter(await call<Session>('POST', '/session/second-step', { body: { code }, anonymous: true }))
  }

  function enter(next: Session): void {
    const before = account.value?.id
    // Another person at the same screen must not see what the first one had open.
    if (renewing.value && before && next.account?.id !== before) {
      window.location.assign('/')
      return
    }
    forgetTyped(next.account?.id)
    data.value = next
    if (renewal) {
      renewal.resolve()
      renewal = null
      renewing.value = false
    }
  }

  /** Asked by the API client when a call is answered 401. */
  function signInAgain(): Promise<void> {
    if (!signedIn.value) return Promise.reject(new ApiProblem(401, { code: 'access.not_signed_in' }))
    if (!renewal) {
      let resolve = () => {}
      let reject: (e: Error) => void = () => {}
      const promise = new Promise<void>((yes, no) => {
        resolve = yes
        reject = no
      })
      renewal = { promise, resolve, reject }
      renewing.value = true
    }
    return renewal.promise
  }

  /** The user would rather leave: what they typed is gone, so the dialog has asked first. */
  function giveUpRenewal(): void {
    renewal?.reject(new ApiProblem(401, { code: 'access.not_signed_in' }))
    renewal = null
    renewing.value = false
    forgetTyped()
    data.value = { signed_in: false, demo: data.value?.demo ?? false, second_step: false, provider: data.value?.provider ?? null, areas: [], permissions: [] }
  }

  async function signOut(): Promise<void> {
    await call('DELETE', '/session', { anonymous: true }).catch((e: unknown) => {
      if (!(e instanceof ApiProblem && e.status === 401)) throw e
    })
    forgetTyped()
    data.value = { signed_in: false, demo: data.value?.demo ?? false, second_step: false, provider: data.value?.provider ?? null, areas: [], permissions: [] }
  }

  return { data, renewing, signedIn, account, unfinished, areas, permissions, may, load, signIn, secondStep, signInAgain, giveUpRenewal, signOut }
})
