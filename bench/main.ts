/**
 * `npm run bench`: what the languages, match and evaluation cost in process, then `kanon apply` on generated Pods as its users run it, with the upstream tool on the same files
 * when it is on the PATH. `npm run bench -- admission` is about the webhook server alone (admission.ts), `-- pod-security` about the standards (pod-security.ts), `-- gatekeeper` about its templates (gatekeeper.ts). Compare within one run: machines drift.
 */
import { spawnSync } from 'node:child_process'
import { globSync, mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { bench, run } from 'mitata'
import { dialects } from '../src/bin/dialects.ts'
import { kyvernoFunctions } from '../src/dialects/kyverno/jmespath-functions.ts'
import { createEngine } from '../src/engine/engine.ts'
import { requestFor } from '../src/engine/request.ts'
import { loadDocuments, printYaml, toManifests } from '../src/kube/yaml/yaml.ts'
import { compileJmespath } from '../src/languages/jmespath/jmespath.ts'
import { compilePattern } from '../src/languages/pattern/pattern.ts'
import { benchAdmission } from './admission.ts'
import { benchGatekeeper } from './gatekeeper.ts'
import { compared, measure, shown } from './measure.ts'
import { benchPodSecurity } from './pod-security.ts'
import { makePods, writePods } from './pods.ts'
import { benchPolicies } from './policies.ts'

if (process.argv[2] === 'admission') {
  await benchAdmission(process.argv[3])
  process.exit(0)
}

if (process.argv[2] === 'gatekeeper') {
  await benchGatekeeper()
  process.exit(0)
}

if (process.argv[2] === 'pod-security') {
  await benchPodSecurity()
  process.exit(0)
}

const root = join(import.meta.dirname, '..')
const [pod] = makePods(1)
if (pod === undefined) throw new Error('no Pod')
const now = new Date(0)
const environment = { now: () => now, random: () => 0.5, resolveHost: () => undefined }

function jmespath(name: string, text: string): void {
  const program = compileJmespath(text, { functions: kyvernoFunctions, missingKey: 'error' })
  if (!program.ok) throw new Error(program.error[0]?.message)
  const input = { request: { object: pod ?? null } }
  bench(`jmespath ${name}`, () => program.value.evaluate(input, environment))
}

jmespath('field chain', 'request.object.metadata.name')
jmespath('missing with default', "request.object.metadata.labels.foo || ''")
jmespath('projection', 'request.object.spec.containers[].image')
jmespath('filter', "request.object.spec.containers[?starts_with(image, 'docker.io')].name")

const imagePattern = compilePattern({ spec: { containers: [{ image: '!*:latest' }] } })
bench('pattern image tag', () => imagePattern.match(pod))
const anchored = compilePattern({
  spec: {
    '=(initContainers)': [{ '=(securityContext)': { '=(privileged)': 'false' } }],
    containers: [{ '=(securityContext)': { '=(privileged)': 'false' } }],
  },
})
bench('pattern with anchors', () => anchored.match(pod))

const policies = toManifests(loadDocuments({ name: 'policies', text: benchPolicies }).documents).manifests
const engine = createEngine(dialects, policies)
const request = requestFor(pod, { now })
bench('compile 5 policies', () => createEngine(dialects, policies))
bench('select and evaluate, 5 policies, one Pod', () => engine.decideNow(request))
const other = requestFor({ ...pod, kind: 'ConfigMap' }, { now })
bench('select, no policy for the kind', () => engine.decideNow(other))
const podYaml = printYaml(pod)
bench('load YAML, one Pod', () => loadDocuments({ name: 'pod', text: podYaml }))

await run()

/** Upstream's pod-security policies where their data is, else our own five. */
function policyFiles(folder: string): readonly string[] {
  const data = process.env['KANON_CONFORMANCE'] ?? join(root, '../shared/conformance')
  const upstream = ['baseline', 'restricted'].flatMap((level) => globSync(join(data, `kyverno-policies/pod-security/${level}/*/*.yaml`)))
  if (upstream.length > 0) return upstream.sort()
  const own = join(folder, 'policies.yaml')
  writeFileSync(own, benchPolicies)
  return [own]
}

const folder = mkdtempSync(join(tmpdir(), 'kanon-bench-'))
const files = policyFiles(folder)
const hasKyverno = spawnSync('kyverno', ['version']).error === undefined
process.stdout.write(`\nkanon apply, ${files.length} policy files${hasKyverno ? '' : ' (kyverno is not on the PATH: no comparison)'}\n`)
for (const count of [1, 1000, 10_000]) {
  const pods = writePods(folder, count)
  const kanon = measure(process.execPath, [join(root, 'dist/kanon.mjs'), 'apply', ...files, '-r', pods])
  const kyverno = hasKyverno ? measure('kyverno', ['apply', ...files, '-r', pods]) : undefined
  process.stdout.write(`${String(count).padStart(6)} Pods: kanon ${shown(kanon)}${compared('kyverno', kyverno, kanon)}\n`)
}
