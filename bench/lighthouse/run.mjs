// Lighthouse over the main pages of a running Linli, as a desktop and as a phone: `make lighthouse` (see bench/README.md).
// Nothing is asked of the network: pages, browser and audits are on this machine.
import lighthouse, { desktopConfig } from 'lighthouse'
import puppeteer from 'puppeteer-core'

const [base, username, password, ...only] = process.argv.slice(2)
if (!base || !username || !password) {
  console.error('usage: node run.mjs BASE_URL USER PASSWORD [page …]')
  process.exit(2)
}
const GOALS = { performance: 90, accessibility: 95, 'best-practices': 95 }

/** A session of the console, and what the pages are about. */
async function signIn() {
  const first = await fetch(`${base}/api/session`)
  const csrf = cookie(first, 'csrftoken')
  const answer = await fetch(`${base}/api/session`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', 'X-CSRFToken': csrf, Cookie: `csrftoken=${csrf}` },
    body: JSON.stringify({ username, password }),
  })
  if (!answer.ok) throw new Error(`signing in as ${username}: ${answer.status}`)
  return cookie(answer, 'linli_session')
}

function cookie(answer, name) {
  const found = answer.headers.getSetCookie().find((entry) => entry.startsWith(`${name}=`))
  return found ? found.slice(name.length + 1).split(';')[0] : ''
}

async function get(path, session) {
  const answer = await fetch(`${base}/api${path}`, { headers: { Cookie: `linli_session=${session}` } })
  return answer.ok ? answer.json() : null
}

async function pages(session) {
  const person = (await get('/people?limit=1', session))?.items[0]
  const buildings = (await get('/buildings?limit=20', session))?.items ?? []
  let code = null
  for (const building of buildings) {
    const sheet = await get(`/buildings/${building.id}/codes`, session)
    if (sheet?.lines.length) {
      code = new URL(sheet.lines[0].url).pathname
      break
    }
  }
  return [
    { name: 'home', path: '/' },
    { name: 'people', path: '/people' },
    person && { name: 'person', path: `/people/${person.id}` },
    { name: 'map', path: '/map' },
    { name: 'buildings', path: '/buildings' },
    buildings.length && { name: 'building', path: `/buildings/${buildings[0].id}` },
    { name: 'sign-in', path: '/sign-in', open: true },
    code && { name: 'public', path: code, open: true },
  ].filter((page) => page && (!only.length || only.includes(page.name)))
}

const browser = await puppeteer.launch({
  executablePath: process.env.CHROME_PATH ?? '/usr/bin/chromium',
  args: [
    '--no-sandbox', '--disable-gpu-sandbox', '--use-gl=angle', '--use-angle=swiftshader',
    '--enable-unsafe-swiftshader', '--ignore-certificate-errors',
  ],
})
let failed = false
try {
  const session = await signIn()
  console.log('page | form | performance | accessibility | best practices | LCP s | TBT ms | CLS | KB')
  console.log('---|---|---:|---:|---:|---:|---:|---:|---:')
  for (const page of await pages(session)) {
    for (const form of ['desktop', 'mobile']) {
      // A context of its own: nothing is cached, and nobody is signed in but who is meant to be.
      const context = await browser.createBrowserContext()
      if (!page.open) {
        await context.setCookie({ name: 'linli_session', value: session, domain: new URL(base).hostname, path: '/', httpOnly: true })
      }
      const tab = await context.newPage()
      const found = await lighthouse(
        `${base}${page.path}`,
        {
          output: 'json', logLevel: 'silent', onlyCategories: Object.keys(GOALS), locale: 'en', disableStorageReset: true,
          extraHeaders: { 'Accept-Language': 'zh-CN' },
        },
        form === 'desktop' ? desktopConfig : undefined,
        tab,
      )
      await context.close()
      const shown = new URL(found.lhr.finalDisplayedUrl).pathname
      if (shown !== page.path) throw new Error(`${page.path} led to ${shown}: that would be another page's figures`)
      const { categories, audits } = found.lhr
      const scores = Object.keys(GOALS).map((key) => Math.round((categories[key].score ?? 0) * 100))
      const wide = form === 'desktop' || page.open // the console is made for desks; phones have pages of their own
      failed ||= wide && Object.values(GOALS).some((goal, i) => scores[i] < goal)
      console.log([
        page.name, form, ...scores, (audits['largest-contentful-paint'].numericValue / 1000).toFixed(2),
        Math.round(audits['total-blocking-time'].numericValue), audits['cumulative-layout-shift'].numericValue.toFixed(3),
        Math.round(audits['total-byte-weight'].numericValue / 1024),
      ].join(' | '))
      if (process.env.WHY) {
        for (const key of Object.keys(GOALS)) {
          for (const ref of categories[key].auditRefs) {
            const audit = audits[ref.id]
            if (audit.score !== null && audit.score < 0.9 && (ref.weight > 0 || audit.metricSavings)) {
              console.log(`    ${key}: ${audit.id} ${audit.score} ${audit.displayValue ?? ''}`)
              for (const item of [audit.details?.items ?? []].flat().slice(0, 4)) {
                console.log(`        ${JSON.stringify(item.node?.snippet ?? item.url ?? item.description ?? item.label ?? item).slice(0, 220)}`)
              }
            }
          }
        }
      }
    }
  }
} finally {
  await browser.close()
}
process.exit(failed ? 1 : 0)
