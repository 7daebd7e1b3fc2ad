/** Bundles the command line into one file, dist/kanon.mjs. */
import { chmodSync } from 'node:fs'
import { join } from 'node:path'
import { build } from 'esbuild'

const root = join(import.meta.dirname, '..')
const outfile = join(root, 'dist/kanon.mjs')
await build({
  entryPoints: [join(root, 'src/bin/kanon.ts')],
  outfile,
  bundle: true,
  platform: 'node',
  format: 'esm',
  target: 'node22',
  minify: true,
  keepNames: false,
  legalComments: 'none',
  banner: {
    js: "#!/usr/bin/env node\nimport { createRequire as kanonRequire } from 'node:module'\nconst require = kanonRequire(import.meta.url)",
  },
  logLevel: 'warning',
})
chmodSync(outfile, 0o755)
