import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { JsonObject } from '../../src/core/json.ts'
import { isJsonArray, isJsonObject, ownValue } from '../../src/core/json.ts'
import { differences } from './assertion.ts'
import { kubeconfigOf } from './cluster.ts'
import type { Context } from './context.ts'
import { atMost } from './context.ts'
import { objectsAt, textAt } from './json.ts'
import { substitute } from './template.ts'

interface Ran {
  readonly problem: string | null
  readonly stdout: string
  readonly stderr: string
}

/** `script`: its content in a shell. */
export const scripting = (body: JsonObject, context: Context): Promise<string | undefined> =>
  runAndJudge(body, context, [textAt(body, 'shell') || 'bash', '-c', textAt(body, 'content')])

/** `command`: a program with arguments, which may be expressions. */
export async function commanding(body: JsonObject, context: Context): Promise<string | undefined> {
  const args: string[] = []
  const written = ownValue(body, 'args')
  for (const arg of written !== undefined && isJsonArray(written) ? written : []) {
    const value = substitute(arg, context.bindings)
    if (!value.ok) return value.error
    args.push(String(value.value))
  }
  return runAndJudge(body, context, [textAt(body, 'entrypoint'), ...args])
}

async function runAndJudge(body: JsonObject, context: Context, line: readonly string[]): Promise<string | undefined> {
  const environment: Record<string, string> = {}
  for (const entry of objectsAt(body, 'env')) {
    const value = substitute(entry['value'] ?? '', context.bindings)
    if (!value.ok) return value.error
    environment[textAt(entry, 'name')] = String(value.value)
  }
  const ran = await run(line, context, { environment, milliseconds: atMost(body, 'timeout', context.patience.script) })
  const check = ownValue(body, 'check')
  if (!isJsonObject(check)) return ran.problem === null ? undefined : told(ran.problem, ran)
  const bindings = new Map(context.bindings).set('error', ran.problem).set('stdout', ran.stdout).set('stderr', ran.stderr)
  const found = differences(check, null, bindings)
  return found.length === 0 ? undefined : told(found.join('\n'), ran)
}

const told = (problem: string, { stdout, stderr }: Ran): string => [problem, stdout, stderr].filter((part) => part !== '').join('\n')

/** Programs get their own kubeconfig each time: what one changes in it, the next does not see. */
async function run(
  [program = '', ...args]: readonly string[],
  { work, namespace, cluster }: Context,
  { environment, milliseconds }: { readonly environment: Readonly<Record<string, string>>; readonly milliseconds: number },
): Promise<Ran> {
  const folder = mkdtempSync(join(tmpdir(), 'chainsaw-kubeconfig-'))
  const kubeconfig = join(folder, 'config')
  writeFileSync(kubeconfig, kubeconfigOf(cluster.address), { mode: 0o600 })
  try {
    return await execute(program, args, {
      cwd: work,
      milliseconds,
      environment: { ...process.env, NAMESPACE: namespace, KUBECONFIG: kubeconfig, ...environment },
    })
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

interface How {
  readonly cwd: string
  readonly environment: NodeJS.ProcessEnv
  readonly milliseconds: number
}

/** Runs a program with nothing to read. Past its time it is killed, with what it started. */
function execute(program: string, args: readonly string[], { cwd, environment, milliseconds }: How): Promise<Ran> {
  return new Promise((resolve) => {
    const child = spawn(program, [...args], { cwd, env: environment, stdio: ['ignore', 'pipe', 'pipe'], detached: true })
    const output = { stdout: '', stderr: '' }
    let late = false
    const timer = setTimeout(() => {
      late = true
      if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL')
    }, milliseconds)
    const end = (problem: string | null): void => {
      clearTimeout(timer)
      resolve({ problem, stdout: output.stdout.trim(), stderr: output.stderr.trim() })
    }
    for (const name of ['stdout', 'stderr'] as const) {
      child[name].setEncoding('utf8')
      child[name].on('data', (chunk: string) => {
        output[name] += chunk
      })
    }
    child.on('error', (error) => end(error.message))
    child.on('close', (code) =>
      end(late ? `it ran for more than ${milliseconds} ms` : code === 0 ? null : `exit status ${code ?? 'unknown'}`),
    )
  })
}
