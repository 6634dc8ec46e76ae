/** Writes .br and .gz beside what the build made, once and as small as it gets: the server only picks the file to send. */
import { readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { brotliCompress, constants, gzip } from 'node:zlib'
import type { Plugin } from 'vite'

const WORTH = /\.(js|mjs|css|html|svg|json|webmanifest)$/
const LEAST = 1024 // below, a packet is a packet

export function compress(): Plugin {
  let folder = 'dist'
  return {
    name: 'linli-compress',
    apply: 'build',
    configResolved(config) {
      folder = config.build.outDir
    },
    async closeBundle() {
      const files = await readdir(folder, { recursive: true })
      await Promise.all(files.filter((name) => WORTH.test(name)).map((name) => one(join(folder, name))))
    },
  }
}

async function one(path: string): Promise<void> {
  const content = await readFile(path)
  const small = content.length < LEAST
  const forms = {
    '.br': () =>
      promisify(brotliCompress)(content, {
        params: { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: content.length },
      }),
    '.gz': () => promisify(gzip)(content, { level: 9 }),
  }
  for (const [suffix, make] of Object.entries(forms)) {
    if (small) await rm(path + suffix, { force: true })
    else await writeFile(path + suffix, await make())
  }
}
