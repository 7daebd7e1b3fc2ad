import type { Diagnostic } from '../../../core/diagnostic.ts'
import { isJsonObject } from '../../../core/json.ts'
import type { Result } from '../../../core/result.ts'
import type { Document, Manifest } from '../../../kube/manifest.ts'
import { isKubeObject } from '../../../kube/object.ts'
import type { KubeObject } from '../../../kube/object.ts'
import type { Compilation, RequestInputs } from '../../../policy/dialect.ts'
import type { FactSource } from '../../../policy/facts.ts'
import type { Requester } from '../../../policy/request.ts'
import type { TestHost } from '../../../policy/test-suite.ts'
import { parseUserInfo } from '../user-info.ts'
import { parseValues } from '../values.ts'
import type { Subresource } from './requests.ts'
import { inNamespace } from '../../../kube/resources.ts'
import { subresourcesOf } from './requests.ts'
import { keyOf, printKey } from './responses.ts'
import type { ExpectedFile } from './rows.ts'
import { testFacts } from './facts.ts'
import type { TestFile } from './test-file.ts'

/** Everything a test file names, read and compiled. */
export interface TestWorld {
  readonly compilation: Compilation
  readonly resources: readonly KubeObject[]
  readonly inputs: RequestInputs
  readonly subresources: readonly Subresource[]
  readonly requester: Requester | undefined
  readonly source: FactSource
  readonly expectedFile: (path: string) => ExpectedFile
  readonly diagnostics: readonly Diagnostic[]
}

/** Reads what the file names. Nothing that is missing or wrong stops the rest: it is in the diagnostics. */
export async function loadWorld(file: TestFile, document: Manifest, host: TestHost): Promise<TestWorld> {
  const diagnostics: Diagnostic[] = []
  const read = async (paths: readonly string[]): Promise<readonly Manifest[]> => {
    const loaded = await Promise.all(paths.map((path) => host.manifests(path)))
    for (const one of loaded) diagnostics.push(...one.diagnostics)
    return loaded.flatMap(({ manifests }) => manifests)
  }
  const [policies, exceptions, params, resources, targets, clusterResources] = await Promise.all(
    [file.policies, file.exceptions, file.paramResources, file.resources, file.targetResources, file.clusterResources].map(read),
  )
  const clones = await read(unique(file.expectations.map(({ cloneSourceResource }) => cloneSourceResource)))
  const input = async (path: string, kind: string): Promise<Manifest | undefined> => {
    if (path === '') return undefined
    const loaded = await host.documents(path)
    diagnostics.push(...loaded.diagnostics)
    return loaded.documents.map((found) => asManifest(found, kind)).find((found) => found !== undefined)
  }
  const values = file.valuesFile === '' ? inlineValues(file, document) : await input(file.valuesFile, 'Values')
  const inputs = unwrap(parseValues(values, {}), diagnostics) ?? unwrap(parseValues(undefined, {}), diagnostics) ?? noInputs
  const userInfo = await input(file.userinfo, 'UserInfo')
  const context = await input(file.context, 'Context')
  const objects = distinct((resources ?? []).map(({ object }) => inNamespace(object)))
  return {
    compilation: host.compile([...(policies ?? []), ...(exceptions ?? []), ...(params ?? [])]),
    resources: objects,
    inputs,
    subresources: subresourcesOf(values?.object),
    requester: userInfo === undefined ? undefined : unwrap(parseUserInfo(userInfo), diagnostics),
    source: await testFacts({
      file,
      context,
      clusterResources: clusterResources ?? [],
      clones,
      targets: targets ?? [],
      objects,
      inputs,
      read,
    }),
    expectedFile: await expectedFiles(file, host),
    diagnostics,
  }
}

const noInputs: RequestInputs = { given: () => ({ variables: () => ({}), foreachVariables: () => ({}) }), namespaceLabels: () => undefined }

const unique = (paths: readonly string[]): readonly string[] => [...new Set(paths)].filter((path) => path !== '')

function unwrap<T>(result: Result<T, readonly Diagnostic[]>, diagnostics: Diagnostic[]): T | undefined {
  if (result.ok) return result.value
  diagnostics.push(...result.error)
  return undefined
}

const cliVersion = 'cli.kyverno.io/v1alpha1'

/** Files that older versions of the CLI took have no `apiVersion` and `kind`; what they are for is said by where they are named. */
function asManifest(document: Document, kind: string): Manifest | undefined {
  const { value } = document
  if (!isJsonObject(value)) return undefined
  return { object: isKubeObject(value) ? value : { ...value, apiVersion: cliVersion, kind }, document }
}

/** `values` of the test itself are a values file without its header. */
function inlineValues({ values }: TestFile, { document }: Manifest): Manifest | undefined {
  if (values === undefined) return undefined
  return {
    object: { ...values, apiVersion: cliVersion, kind: 'Values' },
    document: { ...document, base: [...document.base, 'values'], value: values },
  }
}

/** The first of objects that are one: upstream warns of the others and tests none of them. */
function distinct(objects: readonly KubeObject[]): readonly KubeObject[] {
  const byKey = new Map<string, KubeObject>()
  for (const object of objects) {
    const key = printKey(keyOf(object))
    if (!byKey.has(key)) byKey.set(key, object)
  }
  return [...byKey.values()]
}

async function expectedFiles(file: TestFile, host: TestHost): Promise<(path: string) => ExpectedFile> {
  const paths = unique(file.expectations.flatMap(({ patchedResources, generatedResources }) => [patchedResources, ...generatedResources]))
  const files = new Map(await Promise.all(paths.map(async (path) => [path, await expectedFile(path, host)] as const)))
  return (path) => files.get(path) ?? { problem: `${path} was not read` }
}

async function expectedFile(path: string, host: TestHost): Promise<ExpectedFile> {
  const { manifests, diagnostics } = await host.manifests(path)
  const problem = diagnostics.find(({ severity }) => severity === 'error')
  if (manifests.length === 0 && problem !== undefined) return { problem: problem.message }
  return { objects: manifests.map(({ object }) => inNamespace(object)) }
}
