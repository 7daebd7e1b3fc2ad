/** Prints docs/reference from the program; with --check fails when what is there differs. */
import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

const root = join(import.meta.dirname, '..')
const check = process.argv.includes('--check')
let stale = false
for (const page of ['cli', 'jmespath']) {
  const file = join(root, 'docs/reference', `${page}.md`)
  const text = execFileSync(process.execPath, [join(root, 'src/bin/kanon.ts'), 'docs', page], { encoding: 'utf8' })
  if (existsSync(file) && readFileSync(file, 'utf8') === text) continue
  if (!check) writeFileSync(file, text)
  else {
    stale = true
    process.stderr.write(`docs/reference/${page}.md is stale: run \`npm run docs\`\n`)
  }
}
if (stale) process.exitCode = 1
