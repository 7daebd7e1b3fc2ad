import type { Result } from '../../../core/result.ts'
import { err, ok } from '../../../core/result.ts'
import type { Source, Span } from '../../../core/source.ts'
import type { RegoModule, RegoVersion } from '../../../languages/rego/rego.ts'
import { parseRego, regoErrorsText } from '../../../languages/rego/rego.ts'
import { moveLibraries } from './move-libraries.ts'
import { dataReferences } from './references.ts'
import { entryPackage, entryRule } from './hook.ts'

/** The Rego of a template as it is written. */
export interface RegoSource {
  readonly version: RegoVersion
  readonly rego: string
  readonly libs: readonly string[]
}

/** What is wrong with the Rego of a template, in upstream's words, and where: in which of the sources and at which place. */
export interface RegoProblem {
  readonly message: string
  readonly source: 'rego' | number
  readonly span: Span | undefined
}

type Parsed = Result<RegoModule, readonly RegoProblem[]>

const mainName = 'template'
export const libName = (index: number): string => `libs["lib_${index}"]`

/** Which of the sources of a template a diagnostic is about. */
export function sourceNamed(name: string, libs: readonly string[]): 'rego' | number {
  const index = libs.findIndex((_, at) => libName(at) === name)
  return index < 0 ? 'rego' : index
}

/** The modules of a template, allowed to be what they are: the main one moved to where the hook looks for it, then the libraries. */
export function parseModules({ version, rego, libs }: RegoSource): Result<readonly RegoModule[], readonly RegoProblem[]> {
  const main = parse({ name: mainName, text: rego }, version, 'rego')
  if (!main.ok) return main
  const parsedLibs: RegoModule[] = []
  for (const [index, text] of libs.entries()) {
    const lib = parse({ name: libName(index), text }, version, index)
    if (!lib.ok) return lib
    parsedLibs.push(lib.value)
  }
  const problem = checkEntry(main.value) ?? parsedLibs.map(checkLibrary).find((found) => found !== undefined)
  if (problem !== undefined) return err([problem])
  const disallowed = [main.value, ...parsedLibs]
    .map((module, at) => checkModule(module, at === 0 ? 'rego' : at - 1))
    .find((found) => found !== undefined)
  if (disallowed !== undefined) return err([disallowed])
  const entry = moveLibraries(main.value)
  return ok([{ ...entry, package: { ...entry.package, path: entryPackage } }, ...parsedLibs.map(moveLibraries)])
}

function parse(source: Source, regoVersion: RegoVersion, of: RegoProblem['source']): Parsed {
  const parsed = parseRego(source, { regoVersion })
  if (parsed.ok) return parsed
  const message = regoErrorsText(parsed.error)
  return err([{ message: `invalid ConstraintTemplate: ${message}`, source: of, span: parsed.error[0]?.span }])
}

function checkEntry(module: RegoModule): RegoProblem | undefined {
  if (module.rules.some(({ head }) => head.name === entryRule)) return undefined
  const message = `invalid ConstraintTemplate: invalid rego: invalid module: missing required rules: [${entryRule}]`
  return { message, source: 'rego', span: module.package.span }
}

/** Libraries have packages below `lib`. */
function checkLibrary(module: RegoModule, index: number): RegoProblem | undefined {
  const { path, span } = module.package
  if (path[0] === 'lib' && path.length > 1) return undefined
  return {
    message: `invalid ConstraintTemplate: invalid lib prefix: path data.${path.join('.')} not found in lib prefixes`,
    source: index,
    span,
  }
}

function checkModule(module: RegoModule, source: RegoProblem['source']): RegoProblem | undefined {
  for (const imported of module.imports) {
    const [root = '', first = ''] = imported.path
    if ((root === 'data' && first === 'lib') || (root === 'future' && first === 'keywords')) continue
    const path = imported.path.join('.')
    const why = root === 'input' ? 'cannot import input' : 'bad import'
    return { message: `invalid ConstraintTemplate: invalid import: ${why}: "${path}"`, source, span: imported.span }
  }
  const references = dataReferences(module).filter(({ path }) => path[0] !== 'lib' && path[0] !== 'inventory')
  const [wrong] = references
  if (wrong === undefined) return undefined
  const lines = references.map(({ text }) => `disallowed ref ${text}`)
  const message = `invalid ConstraintTemplate: invalid data references: check refs failed on module {${module.source.name}}: errors (${lines.length}):\n${lines.join('\n')}\n`
  return { message, source, span: { start: wrong.start, end: wrong.end } }
}
