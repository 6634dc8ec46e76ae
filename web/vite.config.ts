/// <reference types="vitest/config" />
/** Build of the console: precompiled messages (no eval, so a strict CSP holds) and Element Plus per component. */
import { fileURLToPath, URL } from 'node:url'
import vue from '@vitejs/plugin-vue'
import VueI18n from '@intlify/unplugin-vue-i18n/vite'
import Components from 'unplugin-vue-components/vite'
import { ElementPlusResolver } from 'unplugin-vue-components/resolvers'
import { defineConfig } from 'vite'
import { compress } from './scripts/compress'

const BACKEND = process.env.LINLI_BACKEND ?? 'http://127.0.0.1:8370'

/** What every page needs comes in a few files instead of sixty: each request costs more than the bytes it brings. */
const CHUNKS = [
  { name: 'start', tags: ['$initial' as const], priority: 4 },
  { name: 'shell', test: /node_modules[\\/](?!maplibre)/, minShareCount: 30, priority: 3 },
  { name: 'lists', test: /node_modules[\\/](?!maplibre)/, minShareCount: 10, priority: 2 },
  { name: 'console', test: /[\\/]src[\\/](app|api)[\\/]/, minShareCount: 10, priority: 1 },
]

export default defineConfig(() => {
  const plugins = [
    vue(),
    VueI18n({
      include: [fileURLToPath(new URL('./src/i18n/*/*.json', import.meta.url))],
      runtimeOnly: true,
      compositionOnly: true,
      fullInstall: false,
    }),
    Components({
      dts: 'src/components.d.ts',
      dirs: ['src/components'],
      resolvers: [ElementPlusResolver({ importStyle: 'css' })],
    }),
    compress(),
  ]
  return {
    plugins,
    resolve: { alias: { '@': fileURLToPath(new URL('./src', import.meta.url)) } },
    build: { target: 'chrome86', sourcemap: false, chunkSizeWarningLimit: 1200, rolldownOptions: { output: { codeSplitting: { groups: CHUNKS } } } },
    worker: { format: 'es' as const },
    preview: { host: '127.0.0.1', port: 4173, proxy: { '/api': { target: BACKEND, changeOrigin: false } } },
    server: {
      host: '127.0.0.1',
      port: 5173,
      proxy: { '/api': { target: BACKEND, changeOrigin: false } },
    },
    test: { environment: 'jsdom', include: ['tests/**/*.test.ts'], server: { deps: { inline: ['element-plus'] } } },
  }
})
