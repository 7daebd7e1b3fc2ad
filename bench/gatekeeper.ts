/**
 * `npm run bench -- gatekeeper`: the templates of Gatekeeper's library where their data is, each with a constraint of its samples that is for all objects of its kinds. Each on
 * Pods in process, in Rego and where it has it in CEL; the Rego beside `opa bench` on the same module and input; then all of them on many Pods from the command line, beside
 * `gator test`. OPA and gator take part where they are on the PATH.
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
import { loadDocuments, printYaml, toManifests } from '../src/kube/yaml/yaml.ts'
import { compileRego, newRegoMemory } from '../src/languages/rego/rego.ts'
import type { Dialect } from '../src/policy/dialect.ts'
import { dialectsWith } from '../src/policy/dialect.ts'
import { compared, measure, shown } from './measure.ts'
import { makePods, writePods } from './pods.ts'

/** A template of the library with a constraint. */
export interface GatekeeperCase {
  readonly name: string
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
      return [{ name: dirname(template).split('/').at(-1) ?? '', manifests: files.flatMap(read).map(everywhere) }]
    })
}

/** For all objects of its kinds: a constraint that passes a Pod by costs nothing. */
function everywhere(manifest: Manifest): Manifest {
  const { object } = manifest
  const spec = valueAt(object, ['spec'])
  const kinds = valueAt(object, ['spec', 'match', 'kinds'])
  if (object.kind === 'ConstraintTemplate' || spec === undefined || !isJsonObject(spec)) return manifest
  return { ...manifest, object: { ...object, spec: { ...spec, match: kinds === undefined ? {} : { kinds } } } }
}

export async function benchGatekeeper(): Promise<void> {
  const cases = gatekeeperCases().filter((one) => one.manifests.every(({ object }) => concernsPods(object)))
  const all = gatekeeperCases()
  if (all.length === 0) {
    process.stdout.write("no data: KANON_CONFORMANCE names no folder with Gatekeeper's library\n")
    return
  }
  const pods = makePods(100)
  await inProcess(cases, all, pods)
  besideOpa(cases, pods)
  fromTheCommandLine(all)
}

function concernsPods(object: KubeObject): boolean {
  const kinds = valueAt(object, ['spec', 'match', 'kinds'])
  return kinds === undefined || JSON.stringify(kinds).includes('"Pod"')
}

const now = new Date(0)
const rego = dialectsWith(dialects, { k8sNativeValidation: false })

/** Decisions before any is measured: times are those of a server that has answered for some seconds. */
const warmUps = 20_000

/** A policy on one Pod after the other; what a request has in common for all policies is known. `all` is with new requests. */
async function inProcess(cases: readonly GatekeeperCase[], all: readonly GatekeeperCase[], pods: readonly KubeObject[]): Promise<void> {
  const requests = pods.map((pod) => requestFor(pod, { now }))
  const each = (name: string, set: readonly Dialect[], manifests: readonly Manifest[]): void => {
    bench(name, function* () {
      const engine = createEngine(set, manifests)
      let at = 0
      const decide = (): unknown => engine.decideNow(requests[(at += 1) % requests.length] ?? fail())
      for (let times = 0; times < warmUps; times += 1) decide()
      yield decide
    })
  }
  // First, as in a process that has no others: forty engines in one share what the JavaScript engine has learned of each. Pods one by one would be measured
  // with what the measuring itself does to caches between them.
  const manifests = all.flatMap((one) => one.manifests)
  for (const [name, set] of [['Rego', rego] as const, ['CEL first', dialects] as const]) {
    bench(`all ${all.length} templates, ${name}, ${pods.length} Pods`, function* () {
      const engine = createEngine(set, manifests)
      const decideAll = (): void => {
        for (const pod of pods) engine.decideNow(requestFor(pod, { now }))
      }
      for (let times = 0; times < warmUps / pods.length; times += 1) decideAll()
      yield decideAll
    })
  }
  for (const one of cases) {
    each(one.name, rego, one.manifests)
    if (hasCel(one.manifests)) each(`${one.name}, CEL`, dialects, one.manifests)
  }
  await run()
}

function fail(): never {
  throw new Error('no Pod')
}

const hasCel = (manifests: readonly Manifest[]): boolean => JSON.stringify(manifests[0]?.object ?? {}).includes('"K8sNativeValidation"')

/** The modules alone, as OPA has them, for templates without libraries. Times are of one evaluation. */
function besideOpa(cases: readonly GatekeeperCase[], pods: readonly KubeObject[]): void {
  const [pod] = pods
  if (spawnSync('opa', ['version']).error !== undefined) {
    process.stdout.write('\nopa is not on the PATH: no comparison\n')
    return
  }
  process.stdout.write('\nmodules alone, parsed input: the same modules, parameters and Pod\n')
  const folder = mkdtempSync(join(tmpdir(), 'kanon-bench-'))
  for (const { name, manifests } of cases) {
    const [template, constraint] = manifests
    const source = template === undefined ? undefined : regoOf(template.object)
    if (source === undefined || constraint === undefined) continue
    writeFileSync(join(folder, 'policy.rego'), source)
    const parameters = valueAt(constraint.object, ['spec', 'parameters']) ?? {}
    const review = { kind: { group: '', version: 'v1', kind: 'Pod' }, object: pod ?? fail(), operation: 'CREATE' }
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
    const kanon = microsecondsOf(source, packageName, { parameters, review })
    const opa = nanoseconds === undefined ? undefined : Number(nanoseconds) / 1000
    const beside = opa === undefined ? '' : `; opa ${opa.toFixed(1)} µs, ${(opa / kanon).toFixed(0)} times as long`
    process.stdout.write(`${name.padEnd(40)} kanon ${kanon.toFixed(2)} µs${beside}\n`)
  }
  rmSync(folder, { recursive: true })
}

/** One evaluation of the rule `violation`, as constraints make it. */
function microsecondsOf(text: string, packageName: string, input: JsonObject): number {
  const program = compileRego([{ name: 'policy.rego', text }], { regoVersion: 0, rulesOnly: true, constants: new Set(['parameters']) })
  if (!program.ok) throw new Error(program.error[0]?.message ?? '')
  const rule = program.value.rule([...packageName.split('.'), 'violation'])
  const memory = newRegoMemory()
  const runs = 20_000
  let best = Number.POSITIVE_INFINITY
  for (let round = 0; round < 5; round += 1) {
    const start = performance.now()
    for (let run = 0; run < runs; run += 1) rule.evaluate(input, { memory })
    best = Math.min(best, ((performance.now() - start) * 1000) / runs)
  }
  return best
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
  const folder = mkdtempSync(join(tmpdir(), 'kanon-bench-'))
  const policies = join(folder, 'policies.yaml')
  writeFileSync(policies, cases.flatMap(({ manifests }) => manifests.map(({ object }) => printYaml(object))).join('---\n'))
  process.stdout.write(`\nkanon gator test, ${cases.length} templates${hasGator ? '' : ' (gator is not on the PATH: no comparison)'}\n`)
  for (const engine of ['Rego', 'CEL first'] as const) {
    for (const count of [1, 1000, 10_000]) {
      const pods = writePods(folder, count)
      const args = ['test', '-f', policies, '-f', pods, `--enable-k8s-native-validation=${engine === 'CEL first'}`]
      const kanon = measure(process.execPath, [join(root, 'dist/kanon.mjs'), 'gator', ...args])
      // What takes minutes is measured with fewer Pods only.
      const gator = hasGator && count <= 1000 ? measure('gator', args) : undefined
      process.stdout.write(`${engine}, ${String(count).padStart(6)} Pods: kanon ${shown(kanon)}${compared('gator', gator, kanon)}\n`)
      if (engine === 'CEL first') continue
      const flags = ['apply', policies, '-r', pods, '--enable-k8s-native-validation=false']
      process.stdout.write(`              kanon apply ${shown(measure(process.execPath, [join(root, 'dist/kanon.mjs'), ...flags]))}\n`)
    }
  }
  rmSync(folder, { recursive: true })
}
