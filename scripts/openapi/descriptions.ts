import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/** What is said about a type and about its fields. */
export interface Descriptions {
  readonly own: string | undefined
  readonly fields: ReadonlyMap<string, string>
}

const unescaped = (comment: string): string =>
  comment
    .split('\n')
    .map((line) => line.replace(/^\s*\* ?/, ''))
    .join('\n')
    .replaceAll(/\\([*/])/g, '$1')
    .replace(/\n@deprecated\s*$/, '')
    .trim()

const comment = /\/\*\*\n((?:\s*\*(?!\/).*\n)+)\s*\*\/\n/

const declaration = new RegExp(`(?:${comment.source})?export (?:interface|type) I\\w+[^\\n]*\\n([\\s\\S]*?)(?:\\n\\}|$)`)
const member = new RegExp(`${comment.source}\\s*"([^"]+)"\\??:`, 'g')

/** `iok8sapicorev1pod`: the name of a definition without everything that file and class names leave out. */
export const plainName = (definition: string): string => definition.toLowerCase().replaceAll(/[^a-z0-9]/g, '')

function readDeclaration(text: string): readonly [name: string, Descriptions] | undefined {
  const [, name] = /export type \{ \w+ as I(Io\w+)/.exec(text) ?? []
  const [, own, body = ''] = declaration.exec(text) ?? []
  if (name === undefined) return undefined
  const fields = [...body.matchAll(member)].map(([, said = '', field = '']) => [field, unescaped(said)] as const)
  return [plainName(name), { own: own === undefined ? undefined : unescaped(own), fields: new Map(fields) }]
}

/**
 * The documentation of all types, by the plain names of their definitions. The models of the client library have lost the line ends in it, what is said about
 * fields that refer to other types, and the possible values of enumerations; these declarations have them.
 */
export function readDescriptions(packages: readonly string[]): ReadonlyMap<string, Descriptions> {
  const found = new Map<string, Descriptions>()
  for (const directory of packages.filter((path) => existsSync(path))) {
    for (const file of readdirSync(directory, { recursive: true, encoding: 'utf8' })) {
      if (!file.endsWith('.d.ts') || file.startsWith('_') || file.includes('node_modules')) continue
      const read = readDeclaration(readFileSync(join(directory, file), 'utf8'))
      if (read !== undefined) found.set(read[0], read[1])
    }
  }
  return found
}
