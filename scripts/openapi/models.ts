import { readFileSync } from 'node:fs'
import { join } from 'node:path'

/** A field of a class of the client library. */
export interface Attribute {
  readonly baseName: string
  readonly type: string
  readonly format: string
}

/** A class of the client library, with what its declaration says. `generated` is the folder of the generated code. */
export interface Model {
  readonly name: string
  readonly description: string
  readonly attributes: readonly Attribute[]
  readonly descriptions: ReadonlyMap<string, string>
  readonly required: readonly string[]
}

const unescape = (text: string): string =>
  text
    .replace(/\n\s*\* ?/g, '\n')
    .replace(/\\(['"\\])/g, '$1')
    .replace(/\*_\//g, '*/')
    .replace(/\/_\*/g, '/*')
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&amp;', '&')
    .trim()

export function readModel(generated: string, name: string): Model {
  const code = readFileSync(join(generated, 'models', `${name}.js`), 'utf8')
  const types = readFileSync(join(generated, 'models', `${name}.d.ts`), 'utf8')
  const list = /attributeTypeMap = (\[[\s\S]*?\n?\]);/.exec(code)?.[1] ?? '[]'
  const own = /\/\*\*\n\* ([\s\S]*?)\n\*\/\nexport declare class/.exec(types)?.[1] ?? ''
  const descriptions = new Map<string, string>()
  const required: string[] = []
  for (const [, comment, field = '', optional] of types.matchAll(
    /(?:\/\*\*\n\s*\* ((?:(?!\*\/)[\s\S])*?)\n?\s*\*\/\n\s*)?'([^']+)'(\?)?: [^;]+;/g,
  )) {
    if (comment !== undefined) descriptions.set(field, unescape(comment))
    if (optional === undefined) required.push(field)
  }
  const attributes = JSON.parse(list) as readonly (Attribute & { readonly name: string })[]
  // Reserved words of TypeScript have another name in the class than in JSON.
  const inJson = new Map(attributes.map((attribute) => [attribute.name, attribute.baseName]))
  return {
    name,
    description: unescape(own),
    attributes,
    descriptions: new Map([...descriptions].map(([field, text]) => [inJson.get(field) ?? field, text])),
    required: required.map((field) => inJson.get(field) ?? field),
  }
}

/** Classes that several groups share have a group before the version. */
export function splitName(name: string): { readonly prefix: string; readonly version: string; readonly short: string } {
  const [, prefix = '', version = '', short = name] = /^([A-Z][a-z]+)?(V\d+(?:alpha\d+|beta\d+)?)([A-Z].*)$/.exec(name) ?? []
  return { prefix, version: version.toLowerCase(), short }
}

/** A request that the client library can make. */
export interface Operation {
  readonly method: string
  readonly path: string
  readonly bodyType: string
  readonly returnType: string
  readonly watches: boolean
}

export function readApi(generated: string, file: string): readonly Operation[] {
  const code = readFileSync(join(generated, 'apis', file), 'utf8')
  const [requests = '', responses = ''] = code.split(/export class \w+ResponseProcessor/)
  const returnTypes = new Map<string, string>()
  for (const [, name = '', body = ''] of responses.matchAll(/async (\w+)WithHttpInfo\(response\) \{([\s\S]*?)\n {4}\}/g)) {
    returnTypes.set(name, /contentType\), "([^"]+)"/.exec(body)?.[1] ?? '')
  }
  return [...requests.matchAll(/async (\w+)\([^)]*\) \{([\s\S]*?)\n {4}\}/g)].map(([, name = '', body = '']) => ({
    method: /HttpMethod\.([A-Z]+)/.exec(body)?.[1] ?? '',
    path: /const localVarPath = '([^']*)'/.exec(body)?.[1] ?? '',
    bodyType: /serialize\(body, "([^"]+)"/.exec(body)?.[1] ?? '',
    returnType: returnTypes.get(name) ?? '',
    watches: body.includes('"watch"'),
  }))
}
