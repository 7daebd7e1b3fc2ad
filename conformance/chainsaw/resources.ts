import { existsSync, globSync } from 'node:fs'
import { join } from 'node:path'
import type { JsonObject } from '../../src/core/json.ts'
import { isJsonObject, ownValue } from '../../src/core/json.ts'
import type { Result } from '../../src/core/result.ts'
import { err, ok } from '../../src/core/result.ts'
import type { KubeObject } from '../../src/kube/object.ts'
import { isKubeObject, namespaceOf } from '../../src/kube/object.ts'
import { withMetadata } from './cluster.ts'
import type { Context } from './context.ts'
import { textAt } from './json.ts'
import { substitute, substituteObject, substituteReference } from './template.ts'
import { readObjects } from './test-file.ts'

/** The objects to write: of the operation's file, or written in the operation; those without a namespace go to the test's. */
export function objectsToWrite(body: JsonObject, context: Context): Promise<Result<readonly KubeObject[], string>> {
  const template = templated(body, context)
  return objectsOf(body, context, (object) => (template ? substituteObject(object, context.bindings) : ok(object)))
}

/** The objects to look for: of them, only what says which they are is evaluated beforehand. */
export function objectsToFind(body: JsonObject, context: Context): Promise<Result<readonly KubeObject[], string>> {
  const template = templated(body, context)
  return objectsOf(body, context, (object) => (template ? substituteReference(object, context.bindings) : ok(object)))
}

function templated(body: JsonObject, { template }: Context): boolean {
  const own = ownValue(body, 'template')
  return typeof own === 'boolean' ? own : template
}

async function objectsOf(
  body: JsonObject,
  context: Context,
  prepare: (object: KubeObject) => Result<KubeObject, string>,
): Promise<Result<readonly KubeObject[], string>> {
  const documents = documentsOf(body, context)
  if (!documents.ok) return documents
  const objects: KubeObject[] = []
  for (const document of documents.value) {
    if (!isKubeObject(document)) return err('what has no apiVersion and kind is no object')
    const prepared = prepare(document)
    if (!prepared.ok) return prepared
    objects.push(await inNamespace(prepared.value, context))
  }
  return ok(objects)
}

function documentsOf(body: JsonObject, context: Context): Result<readonly JsonObject[], string> {
  const written = ownValue(body, 'resource')
  if (isJsonObject(written)) return ok([written])
  const file = substitute(body['file'] ?? '', context.bindings)
  if (!file.ok) return file
  const paths = filesAt(String(file.value), context)
  if (paths.length === 0) return err(`there is no file ${String(file.value)}`)
  const documents: JsonObject[] = []
  for (const path of paths) {
    const objects = readObjects(path)
    if (!objects.ok) return objects
    documents.push(...objects.value)
  }
  return documents.length === 0 ? err(`there is nothing in ${String(file.value)}`) : ok(documents)
}

/** The files that a path or a glob means; what scripts wrote comes before what the test has. */
function filesAt(file: string, { folder, work }: Pick<Context, 'folder' | 'work'>): readonly string[] {
  for (const root of [work, folder]) {
    const path = join(root, file)
    const found = existsSync(path) ? [path] : /[*?[]/.test(file) ? globSync(path).toSorted() : []
    if (found.length > 0) return found
  }
  return []
}

export async function inNamespace(object: KubeObject, { cluster, namespace }: Context): Promise<KubeObject> {
  return namespaceOf(object) === '' && (await cluster.isNamespaced(object)) === true ? withMetadata(object, { namespace }) : object
}

/** What `{apiVersion, kind, name, namespace, labels}` refers to. */
export async function referred(body: JsonObject, context: Context): Promise<Result<KubeObject, string>> {
  const ref = substituteObject(body, context.bindings)
  if (!ref.ok) return ref
  const { name, namespace, labels } = ref.value
  const metadata = {
    ...(name === undefined ? {} : { name }),
    ...(namespace === undefined ? {} : { namespace }),
    ...(labels === undefined ? {} : { labels }),
  }
  return ok(await inNamespace({ apiVersion: textAt(ref.value, 'apiVersion'), kind: textAt(ref.value, 'kind'), metadata }, context))
}
