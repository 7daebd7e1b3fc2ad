import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'

const bundle = join(import.meta.dirname, '../dist/kanon.mjs')

export interface Run {
  readonly status: number | null
  readonly out: string
  readonly err: string
}

/** A folder with files, and the built program run in it as a person would. */
export function workspace(files: Readonly<Record<string, string>>): {
  readonly kanon: (...args: readonly string[]) => Run
  readonly pipe: (input: string, ...args: readonly string[]) => Run
} {
  const cwd = mkdtempSync(join(tmpdir(), 'kanon-'))
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(cwd, name)), { recursive: true })
    writeFileSync(join(cwd, name), text)
  }
  const pipe = (input: string, ...args: readonly string[]): Run => {
    const { status, stdout, stderr } = spawnSync(process.execPath, [bundle, ...args], {
      cwd,
      encoding: 'utf8',
      input,
      // One that does not end is killed: its status is null.
      timeout: 60_000,
      env: { ...process.env, NO_COLOR: '1' },
    })
    return { status, out: stdout, err: stderr }
  }
  return { kanon: (...args) => pipe('', ...args), pipe }
}

export const pod = (name: string, image: string, metadata = ''): string => `apiVersion: v1
kind: Pod
metadata:
  name: ${name}
${metadata}spec:
  containers:
    - name: main
      image: ${image}
`

/** One validate rule of a ClusterPolicy on Pods; `rule` is indented by eight. */
export const policy = (name: string, rule: string, spec = ''): string => `apiVersion: kyverno.io/v1
kind: ClusterPolicy
metadata:
  name: ${name}
spec:
${spec}  rules:
    - name: rule
      match:
        any:
          - resources:
              kinds: [Pod]
${rule}`
