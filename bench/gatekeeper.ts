/**
 * `npm run bench -- gatekeeper`: the templates of Gatekeeper's library where their data is. Each with a constraint of its samples on one Pod in process, beside `opa bench` on the same module and
 * input; then all of them on many Pods from the command line, beside `gator test`. OPA and gator take part where they are on the PATH.
 */
import { spawnSync } from 'node:child_process'
import { globSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { bench, run } from 'mitata'
import { dialects } from '../src/bin/dialects.ts'
import type { Json, JsonObject } from '../src/core/json.ts'
import { isJsonArray, isJsonObject, valueAt } from '../src/core/json.ts'
import { createEngine } from '../src/engine/engine.ts'
import { requestFor } from '../src/engine/request.ts'
import type { Manifest } from '../src/kube/manifest.ts'
import type { KubeObject } from '../src/kube/object.ts'
import { loadDocuments, toManifests } from '../src/kube/yaml/yaml.ts'
import { compared, measure, shown } from './measure.ts'
import { makePods, writePods } from './pods.ts'

/** A template of the library with a constraint. */
export interface GatekeeperCase {
  readonly name: string
  readonly files: readonly string[]
  readonly manifests: readonly Manifest[]
}

const root = join(import.meta.dirname, '..')
const read = (file: string): readonly Manifest[] =>
  toManifests(loadDocuments({ name: file, text: readFileSync(file, 'utf8') }).documents).manifests

/** Every template with the first constraint of its samples; none where the data is not there. */
export function gatekeeperCases(): readonly GatekeeperCase[] {
  const data = process.env['KANON_CONFORMANCE'] ?? join(root, '../shared/conformance')
  return globSync(join(data, 'gatekeeper-library/library/*/*/template.yaml'))
    .sort()
    .flatMap((template) => {
      const [constraint] = globSync(join(dirname(template), 'samples/*/constraint.yaml')).sort()
      if (constraint === undefined) return []
      const files = [template, constraint]
      return [{ name: dirname(template).split('/').at(-1) ?? '', files, manifests: files.flatMap(read) }]
    })
}

export async function benchGatekeeper(): Promise<void> {
  const cases = gatekeeperCases()
  if (cases.length === 0) {
    process.stdout.write("no data: KANON_CONFORMANCE names no folder with Gatekeeper's library\n")
    return
  }
  const [pod] = makePods(1)
  if (pod === undefined) throw new Error('no Pod')
  await inProcess(cases, pod)
  besideOpa(cases, pod)
  fromTheCommandLine(cases)
}

const now = new Date(0)

async function inProcess(cases: readonly GatekeeperCase[], pod: KubeObject): Promise<void> {
  const request = requestFor(pod, { now })
  for (const { name, manifests } of cases) {
    const engine = createEngine(dialects, manifests)
    bench(name, () => engine.decideNow(request))
  }
  const all = createEngine(
    dialects,
    cases.flatMap(({ manifests }) => manifests),
  )
  bench(`all ${cases.length} templates`, () => all.decideNow(request))
  await run()
}

/** The modules alone, as OPA has them, for templates without libraries. Times are of one evaluation. */
function besideOpa(cases: readonly GatekeeperCase[], pod: KubeObject): void {
  if (spawnSync('opa', ['version']).error !== undefined) {
    process.stdout.write('\nopa is not on the PATH: no comparison\n')
    return
  }
  process.stdout.write('\nopa bench, the same modules, parameters and Pod\n')
  const folder = mkdtempSync(join(tmpdir(), 'kanon-bench-'))
  for (const { name, manifests } of cases) {
    const [template, constraint] = manifests
    const source = template === undefined ? undefined : regoOf(template.object)
    if (source === undefined || constraint === undefined) continue
    writeFileSync(join(folder, 'policy.rego'), source)
    const parameters = valueAt(constraint.object, ['spec', 'parameters']) ?? {}
    const review = { kind: { group: '', version: 'v1', kind: 'Pod' }, object: pod, operation: 'CREATE' }
    writeFileSync(join(folder, 'input.json'), JSON.stringify({ parameters, review }))
    const packageName = /^package\s+(\S+)/m.exec(source)?.[1] ?? ''
    const { stdout } = spawnSync(
      'opa',
      [
        'bench',
        '--v0-compatible',
        '--format=json',
        '-d',
        join(folder, 'policy.rego'),
        '-i',
        join(folder, 'input.json'),
        `data.${packageName}.violation`,
      ],
      { encoding: 'utf8' },
    )
    const nanoseconds = /"histogram_timer_rego_query_eval_ns_mean":\s*([\d.]+)/.exec(stdout)?.[1]
    process.stdout.write(`${name.padEnd(40)} ${nanoseconds === undefined ? '–' : `${(Number(nanoseconds) / 1000).toFixed(1)} µs`}\n`)
  }
  rmSync(folder, { recursive: true })
}

/** The Rego of a template that needs nothing else. */
function regoOf(template: KubeObject): string | undefined {
  const target = firstIn(valueAt(template, ['spec', 'targets']))
  if (target === undefined || target['libs'] !== undefined) return undefined
  const source = valueAt(firstIn(target['code']) ?? {}, ['source'])
  const rego = target['rego'] ?? (isJsonObject(source) && source['libs'] === undefined ? source['rego'] : undefined)
  return typeof rego === 'string' ? rego : undefined
}

function firstIn(list: Json | undefined): JsonObject | undefined {
  const [first] = list !== undefined && isJsonArray(list) ? list : []
  return first !== undefined && isJsonObject(first) ? first : undefined
}

function fromTheCommandLine(cases: readonly GatekeeperCase[]): void {
  const hasGator = spawnSync('gator', ['--version']).error === undefined
  const files = cases.flatMap((one) => one.files)
  const folder = mkdtempSync(join(tmpdir(), 'kanon-bench-'))
  process.stdout.write(`\nkanon apply, ${cases.length} templates${hasGator ? '' : ' (gator is not on the PATH: no comparison)'}\n`)
  for (const count of [1, 1000, 10_000]) {
    const pods = writePods(folder, count)
    const kanon = measure(process.execPath, [join(root, 'dist/kanon.mjs'), 'apply', ...files, '-r', pods])
    // What takes minutes is measured once, with fewer Pods.
    const gator = hasGator && count <= 1000 ? measure('gator', ['test', ...files.flatMap((file) => ['-f', file]), '-f', pods]) : undefined
    process.stdout.write(`${String(count).padStart(6)} Pods: kanon ${shown(kanon)}${compared('gator', gator, kanon)}\n`)
  }
  rmSync(folder, { recursive: true })
}
