/**
 * Makes the description of Kubernetes (openapi.ts), bundles the command line into one file, dist/program.mjs, and puts a launcher before it, dist/kanon.mjs, that turns on the compile cache of Node: reading half a megabyte of
 * JavaScript again costs more than most commands do.
 */
import { chmodSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { build } from 'esbuild'
import './openapi.ts'

const dist = join(import.meta.dirname, '../dist')
rmSync(join(dist, 'chunks'), { recursive: true, force: true })
await build({
  entryPoints: [join(import.meta.dirname, '../src/bin/kanon.ts')],
  outdir: dist,
  entryNames: 'program',
  chunkNames: 'chunks/[name]-[hash]',
  outExtension: { '.js': '.mjs' },
  splitting: true,
  bundle: true,
  platform: 'node',
  format: 'esm',
  target: 'node22',
  minify: true,
  legalComments: 'none',
  banner: { js: "import { createRequire as kanonRequire } from 'node:module'\nconst require = kanonRequire(import.meta.url)" },
  logLevel: 'warning',
})

const launcher = join(dist, 'kanon.mjs')
writeFileSync(
  launcher,
  `#!/usr/bin/env node
import module from 'node:module'
if (Number(process.versions.node.split('.')[0]) < 22) {
  process.stderr.write('kanon needs Node 22.22 or later, this is ' + process.version + '\\n')
  process.exit(2)
}
module.enableCompileCache?.()
await import('./program.mjs')
`,
)
chmodSync(launcher, 0o755)
