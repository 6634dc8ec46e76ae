import './styles/tokens.css'
import './styles/base.css'
import 'element-plus/theme-chalk/base.css'
import 'element-plus/theme-chalk/el-message.css'
import 'element-plus/theme-chalk/el-message-box.css'
import 'element-plus/theme-chalk/el-overlay.css'
import './styles/element.css'
import { QueryClient, VueQueryPlugin } from '@tanstack/vue-query'
import { createPinia } from 'pinia'
import { createApp } from 'vue'
import App from './app/App.vue'
import { router } from './app/router'
import { useSession } from './app/session'
import { useUi } from './app/ui'
import { ApiProblem, configureClient } from './api/client'
import { i18n, setLanguage } from './i18n'

const queries = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 10_000,
      refetchOnWindowFocus: false,
      // A refusal stays a refusal; only a lost connection or a stumbling server is worth a second try.
      retry: (count, error) => count < 1 && error instanceof ApiProblem && (error.status === 0 || error.status >= 502),
    },
  },
})

/** The page's own code comes while the server is asked who this is, not after it; a page that cannot be had is told by the router. */
function fetchPage(): void {
  for (const { components } of router.resolve(window.location.pathname).matched) {
    const page: unknown = components?.default
    if (typeof page === 'function') Promise.resolve((page as () => unknown)()).catch(() => undefined)
  }
}

async function start(): Promise<void> {
  const app = createApp(App)
  app.use(createPinia()).use(i18n).use(VueQueryPlugin, { queryClient: queries })
  const ui = useUi()
  const session = useSession()
  configureClient({ language: () => ui.language, signInAgain: session.signInAgain })
  const words = setLanguage(ui.language)
  fetchPage()
  app.use(router)
  await Promise.all([words, router.isReady()])
  app.mount('#app')
}
void start()
