import { readdirSync, readFileSync, statSync } from 'node:fs'
import { dirname, extname, join, resolve } from 'node:path'
import { defaultLimits } from '../../core/limits.ts'
import type { Result } from '../../core/result.ts'
import { err, ok } from '../../core/result.ts'
import type { GatorFile, GatorSuite, GatorTools } from '../../policy/gator.ts'
import { byParts, documentsIn, goReason } from './read.ts'

/** A suite with where it is. */
export interface FoundSuite {
  /** As the argument leads to it. */
  readonly shown: string
  /** Absolute. */
  readonly file: string
  readonly suite: GatorSuite
}

const extensions: readonly string[] = ['.yaml', '.yml']

/** Upstream's messages name files from the root of the file system, without the slash. */
const rooted = (file: string): string => file.replace(/^\//, '')

/** The suites at a path: a file, the files of a folder, or with `...` everything below it. The error is upstream's. */
export function findSuites(path: string, cwd: string, gator: GatorTools): Result<readonly FoundSuite[], string> {
  const isDeep = path.endsWith('/...')
  const place = isDeep ? path.slice(0, -'/...'.length) || '/' : path
  const full = resolve(cwd, place)
  const files = suiteFiles(full, isDeep)
  if (!files.ok) return files
  const suites: FoundSuite[] = []
  for (const file of files.value) {
    const content = readGatorFile(file).content
    if (content.kind !== 'documents') {
      const why = content.kind === 'malformed' ? `invalid yaml: parsing yaml file "${rooted(file)}": ${content.message}` : content.message
      return err(why)
    }
    const [document] = content.documents
    const suite = document === undefined ? undefined : gator.suite(document)
    if (suite?.ok === false) return err(`invalid yaml: ${suite.error}`)
    if (suite === undefined) continue
    const shown = shownPath(isDeep ? path.slice(0, -'...'.length) : path, rooted(file))
    if (!shown.ok) return shown
    suites.push({ shown: shown.value, file, suite: suite.value })
  }
  return ok(suites)
}

/** Upstream looks for what was typed in the whole path, and shows the path from there: a name that is part of an earlier one is found too soon. */
function shownPath(typed: string, file: string): Result<string, string> {
  const [start = ''] = /^(?:\/|\.\/)?(?:\.\.\/)*/.exec(typed) ?? []
  const rest = typed.slice(start.length)
  const at = file.indexOf(rest)
  return at < 0 ? err(`could not find ${rest} in ${file}`) : ok(`${start}${file.slice(at)}`)
}

/** Absolute paths, in the order of names. */
function suiteFiles(full: string, isDeep: boolean): Result<readonly string[], string> {
  try {
    if (!statSync(full).isDirectory()) {
      if (isDeep) return err(`can only recursively traverse directories, not a directory: "${rooted(full)}"`)
      if (!extensions.includes(extname(full))) return err(`unsupported extension: "${extname(full)}"`)
      return ok([full])
    }
    const inside = readdirSync(full, { recursive: isDeep, encoding: 'utf8' }).filter((name) => extensions.includes(extname(name)))
    const files = inside.filter((name) => statSync(join(full, name)).isFile()).sort(byParts)
    return ok(files.map((below) => join(full, below)))
  } catch (error) {
    return err(`stat ${rooted(full)}: ${goReason(error)}`)
  }
}

/** What a suite names is beside it. */
export const readBeside = (suite: string, path: string): GatorFile => readGatorFile(join(dirname(suite), path))

function readGatorFile(file: string): GatorFile {
  const name = rooted(file)
  try {
    const { size } = statSync(file)
    if (size > defaultLimits.fileBytes) return { name, content: { kind: 'unreadable', message: `read ${name}: file too large` } }
    const documents = documentsIn(name, readFileSync(file, 'utf8'), 'go-yaml-3')
    if (!documents.ok) return { name, content: { kind: 'malformed', message: documents.error } }
    return { name, content: { kind: 'documents', documents: documents.value } }
  } catch (error) {
    const reason = goReason(error)
    return { name, content: { kind: 'unreadable', message: `${reason === 'is a directory' ? 'read' : 'open'} ${name}: ${reason}` } }
  }
}
