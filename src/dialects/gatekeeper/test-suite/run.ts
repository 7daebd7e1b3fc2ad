import type { Diagnostic } from '../../../core/diagnostic.ts'
import type { Result } from '../../../core/result.ts'
import { err, ok } from '../../../core/result.ts'
import { matchesWildcard } from '../../../core/wildcard.ts'
import type { Manifest } from '../../../kube/manifest.ts'
import type { KubeObject } from '../../../kube/object.ts'
import { nameOf, namespaceOf } from '../../../kube/object.ts'
import type { CompiledPolicy, RuleOutcome } from '../../../policy/policy.ts'
import type { TestHost, TestRow, TestSelector } from '../../../policy/test-suite.ts'
import { judge } from './assertions.ts'
import { caseFacts } from './facts.ts'
import { requestOf } from './requests.ts'
import type { Assertion, Case, SuiteFile, Test } from './suite-file.ts'

/** Runs the tests of a suite: a row for each assertion, or one for a case or test that cannot be run. */
export async function runSuite(suite: SuiteFile, host: TestHost, select: TestSelector): Promise<readonly TestRow[]> {
  const rows: TestRow[] = []
  for (const test of suite.tests) {
    if (!matchesWildcard(select.policy, test.name)) continue
    for (const row of await runTest(test, host, select)) rows.push({ ...row, entry: rows.length })
  }
  return rows
}

type Row = Omit<TestRow, 'entry'>

const blank = { asked: '', policy: '', rule: '', resource: '', expected: '', actual: '', message: '' }

const skipped = (test: Test, rule: string): Row => ({ ...blank, policy: test.name, rule, status: 'skipped', reason: 'Excluded' })
const broken = (test: Test, rule: string, message: string): Row => ({
  ...blank,
  policy: test.name,
  rule,
  status: 'failed',
  reason: message,
  message,
})

async function runTest(test: Test, host: TestHost, select: TestSelector): Promise<readonly Row[]> {
  if (test.skip) return [skipped(test, '')]
  const prepared = await prepare(test, host)
  if (test.invalid) return [invalidRow(test, prepared)]
  if (!prepared.ok) return [broken(test, '', prepared.error)]
  const rows: Row[] = []
  for (const one of test.cases) {
    if (!matchesWildcard(select.rule, one.name)) continue
    if (one.skip) rows.push(skipped(test, one.name))
    else rows.push(...(await runCase(test, one, prepared.value, host)))
  }
  return rows.length === 0 ? [{ ...blank, policy: test.name, status: 'passed', reason: 'Ok' }] : rows
}

const notValid = 'schema validation failed'

function invalidRow(test: Test, prepared: Result<readonly CompiledPolicy[], string>): Row {
  if (!prepared.ok && prepared.error.includes(notValid))
    return { ...blank, policy: test.name, expected: 'invalid', actual: 'invalid', status: 'passed', reason: 'Ok' }
  const got = prepared.ok ? '<nil>' : prepared.error
  return broken(test, '', `constraint should have failed schema validation: got error ${got} but want ${notValid}`)
}

/** The constraint with its template, compiled; the error is upstream's. */
async function prepare(test: Test, host: TestHost): Promise<Result<readonly CompiledPolicy[], string>> {
  if (test.template === '') return err('invalid Suite: missing template')
  const template = await one(host, test.template)
  if (!template.ok) return template
  if (test.constraint === '') return err('invalid Suite: missing constraint')
  const constraint = await one(host, test.constraint)
  if (!constraint.ok) return constraint
  const expansions = test.expansion === '' ? [] : (await host.manifests(test.expansion)).manifests
  const { policies, rejected } = host.compile([template.value, constraint.value, ...expansions])
  const parts = [[template.value, 'template'] as const, [constraint.value, 'constraint'] as const]
  for (const [manifest, what] of [...parts, ...expansions.map((manifest) => [manifest, 'expansion template'] as const)]) {
    const wrong = rejected.find((each) => each.manifest === manifest)
    if (wrong !== undefined) return err(`adding ${what}: ${textOf(wrong.diagnostics)}`)
  }
  return ok(policies)
}

const textOf = (diagnostics: readonly Diagnostic[]): string => diagnostics.map(({ message }) => message).join('; ')

/** The only object of a file. */
async function one(host: TestHost, path: string): Promise<Result<Manifest, string>> {
  const { manifests, diagnostics } = await host.manifests(path)
  const [first] = manifests
  if (first === undefined) return err(diagnostics.length > 0 ? textOf(diagnostics) : `${path} defines no object`)
  if (manifests.length > 1) return err(`object file must contain exactly one object: "${path}" defines ${manifests.length} objects`)
  return ok(first)
}

async function runCase(test: Test, single: Case, policies: readonly CompiledPolicy[], host: TestHost): Promise<readonly Row[]> {
  if (single.object === '') return [broken(test, single.name, 'invalid Case: must define object')]
  if (single.assertions.length === 0) return [broken(test, single.name, 'invalid Case: assertions must be non-empty')]
  const object = await one(host, single.object)
  if (!object.ok) return [broken(test, single.name, object.error)]
  const request = requestOf(object.value.object, host.now())
  if (!request.ok) return [broken(test, single.name, request.error)]
  const inventory = await readInventory(single.inventory, host)
  if (!inventory.ok) return [broken(test, single.name, inventory.error)]
  const outcomes = await host.evaluate(policies, request.value, caseFacts(inventory.value))
  const rules = outcomes.flatMap((outcome) => outcome.rules)
  const failure = rules.find(({ result }) => result === 'error')
  if (failure !== undefined) return [broken(test, single.name, failure.message)]
  const resource = printObject(request.value.object ?? request.value.oldObject)
  return single.assertions.map((assertion) => rowOf(test, single, { assertion, resource, rules }))
}

async function readInventory(paths: readonly string[], host: TestHost): Promise<Result<readonly KubeObject[], string>> {
  const objects: KubeObject[] = []
  for (const path of paths) {
    const { manifests, diagnostics } = await host.manifests(path)
    const wrong = diagnostics.filter(({ severity }) => severity === 'error')
    if (wrong.length > 0) return err(textOf(wrong))
    objects.push(...manifests.map(({ object }) => object))
  }
  return ok(objects)
}

function printObject(object: KubeObject | undefined): string {
  if (object === undefined) return ''
  const namespace = namespaceOf(object)
  return `${object.kind}/${namespace === '' ? '' : `${namespace}/`}${nameOf(object)}`
}

interface Found {
  readonly assertion: Assertion
  readonly resource: string
  readonly rules: readonly RuleOutcome[]
}

function rowOf(test: Test, single: Case, { assertion, resource, rules }: Found): Row {
  const messages = rules.filter(({ result }) => result === 'fail' || result === 'warn').map(({ message }) => message)
  const verdict = judge(assertion, messages)
  return {
    ...blank,
    policy: test.name,
    rule: single.name,
    resource,
    expected: String(assertion.violations ?? ''),
    actual: String(messages.length),
    status: verdict.holds ? 'passed' : 'failed',
    reason: verdict.holds ? 'Ok' : verdict.reason,
    message: messages.join('\n'),
  }
}
