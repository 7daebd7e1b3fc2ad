import { matchesWildcard } from '../../core/wildcard.ts'
import type { Manifest } from '../../kube/manifest.ts'
import type { KubeObject } from '../../kube/object.ts'
import type { PolicyOutcome } from '../../policy/policy.ts'
import type { Operation } from '../../policy/request.ts'
import type { TestHost, TestRun, TestSelector, TestSuiteFormat } from '../../policy/test-suite.ts'
import { byOperation, testRequest, withOperation } from './test-suite/requests.ts'
import type { ResourceResponses } from './test-suite/responses.ts'
import { keyOf, policyResponses } from './test-suite/responses.ts'
import { rowsOf } from './test-suite/rows.ts'
import type { Expectation } from './test-suite/test-file.ts'
import { parseTestFile, testApiVersions } from './test-suite/test-file.ts'
import type { TestWorld } from './test-suite/world.ts'
import { loadWorld } from './test-suite/world.ts'

/** `kyverno-test.yaml`, as `kyverno test` runs it. */
export const kyvernoTestSuite: TestSuiteFormat = {
  fileNames: ['kyverno-test.yaml'],
  recognises: ({ object }) => object.kind === 'Test' && testApiVersions.includes(object.apiVersion),
  run: runTest,
}

async function runTest(document: Manifest, host: TestHost, { select }: { readonly select: TestSelector }): Promise<TestRun> {
  const file = parseTestFile(document)
  const expectations = file.expectations.filter((expectation) => isSelected(expectation, select))
  const world = await loadWorld(file, document, host)
  const judging = { ...world, responses: await respond(world, expectations, host) }
  return {
    name: file.name,
    rows: expectations.flatMap((expectation) => rowsOf(expectation, judging)),
    diagnostics: [...file.diagnostics, ...world.diagnostics],
  }
}

function isSelected({ policy, rule, resources }: Expectation, select: TestSelector): boolean {
  if (!matchesWildcard(select.policy, policy) || !matchesWildcard(select.rule, rule)) return false
  return resources.length === 0 || resources.some((name) => matchesWildcard(select.resource, name))
}

/** One run for the expectations without an operation, and one for each operation that others ask for. */
async function respond(world: TestWorld, expectations: readonly Expectation[], host: TestHost): Promise<readonly ResourceResponses[]> {
  const responses: ResourceResponses[] = []
  for (const run of new Set(expectations.map(({ operation }) => operation))) {
    for (const object of world.resources) responses.push(await respondTo(object, run, world, host))
  }
  return responses
}

async function respondTo(object: KubeObject, run: Operation | undefined, world: TestWorld, host: TestHost): Promise<ResourceResponses> {
  const { policies } = world.compilation
  const ordinary = world.inputs.given(object)
  const given = run === undefined ? ordinary : withOperation(ordinary, run)
  const now = host.now()
  const outcomes: PolicyOutcome[] = []
  for (const [operation, group] of byOperation(policies, given)) {
    const request = testRequest(object, { operation, given, requester: world.requester, subresources: world.subresources, now })
    outcomes.push(...(await host.evaluate(group, request, world.source)))
  }
  return { key: keyOf(object), run, policies: policyResponses(policies, outcomes, object) }
}
