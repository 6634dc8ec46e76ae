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
    build: { target: 'chrome86', sourcemap: false, chunkSizeWarningLimit: 1200 },
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
