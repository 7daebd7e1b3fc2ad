import { readdirSync, statSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { readSource } from '../../cluster/files.ts'
import type { Diagnostic } from '../../core/diagnostic.ts'
import { defaultLimits } from '../../core/limits.ts'
import type { Result } from '../../core/result.ts'
import { err, ok } from '../../core/result.ts'
import type { Source } from '../../core/source.ts'
import { matchesWildcard } from '../../core/wildcard.ts'
import { loadDocuments } from '../../kube/yaml/yaml.ts'
import type { RegoModule, RegoValue, RegoVersion } from '../../languages/rego/rego.ts'
import { fromJson, parseRego, parseRegoJson } from '../../languages/rego/rego.ts'
import type { Options } from '../command.ts'
import type { Host } from '../host.ts'
import type { Problem } from './problem.ts'
import { mergeAt } from './merge.ts'
import type { DataRecord } from './merge.ts'

/** Modules and base documents that were read, and what could not be. */
export interface RegoFiles {
  readonly sources: readonly Source[]
  readonly data: DataRecord
  readonly problems: readonly Problem[]
}

const regoFile = /\.rego$/
const dataFile = /\.(json|ya?ml)$/
const bundleData = /(^|\/)data\.(json|ya?ml)$/

export interface FileWishes {
  /** Wildcards for the names of files and folders that are left out. */
  readonly ignore: readonly string[]
  /** Whether documents of data are wanted, or only modules. */
  readonly data: boolean
  /** Folders are bundles: of documents only data.json and data.yaml count. */
  readonly bundle?: boolean
}

/**
 * Reads files and folders. In a folder, documents lie where their folder says: `users/eu/list.json` below the path is `data.users.eu`.
 * `a.b:PATH` puts documents below `data.a.b`.
 */
export function loadRegoFiles(paths: readonly string[], { ignore, data: wantsData, bundle = false }: FileWishes, host: Host): RegoFiles {
  const sources: Source[] = []
  const data: DataRecord = {}
  const problems: Problem[] = []
  for (const given of paths) {
    const { prefix, path } = splitPrefix(given)
    const found = findFiles(path, ignore, host.cwd)
    if (!found.ok) {
      problems.push({ message: found.error })
      continue
    }
    for (const { file, folders } of found.value) {
      if (!regoFile.test(file) && !(wantsData && (!bundle || bundleData.test(file)))) continue
      const source = readSource(file, host.cwd)
      if (!source.ok) problems.push({ message: source.error })
      else if (regoFile.test(file)) sources.push(source.value)
      else {
        const message = addDocument(data, [...prefix, ...folders], source.value)
        if (message !== undefined) problems.push({ message: `${file}: ${message}` })
      }
    }
  }
  return { sources, data, problems }
}

function splitPrefix(given: string): { readonly prefix: readonly string[]; readonly path: string } {
  const match = /^([A-Za-z_]\w*(?:\.\w+)*):(?!\/\/)(.+)$/.exec(given)
  return match === null
    ? { prefix: [], path: given.replace(/^file:\/\//, '') }
    : { prefix: (match[1] ?? '').split('.'), path: match[2] ?? '' }
}

interface Found {
  readonly file: string
  /** From the given folder to the file's. */
  readonly folders: readonly string[]
}

function findFiles(path: string, ignore: readonly string[], cwd: string): Result<readonly Found[], string> {
  try {
    const full = resolve(cwd, path)
    const stat = statSync(full, { throwIfNoEntry: false })
    if (stat === undefined) return err(`no such file or folder: ${path}`)
    if (!stat.isDirectory())
      return regoFile.test(path) || dataFile.test(path) ? ok([{ file: path, folders: [] }]) : err(`${path}: unrecognized file`)
    const inside = readdirSync(full, { recursive: true, encoding: 'utf8' })
      .filter((file) => (regoFile.test(file) || dataFile.test(file)) && !isIgnored(file, ignore))
      .sort()
    return ok(inside.map((file) => ({ file: join(path, file), folders: file.split('/').slice(0, -1) })))
  } catch (error) {
    return err(`cannot read ${path}: ${error instanceof Error ? error.message : String(error)}`)
  }
}

function isIgnored(file: string, ignore: readonly string[]): boolean {
  return file.split('/').some((part) => ignore.some((pattern) => matchesWildcard(pattern, part)))
}

function addDocument(data: DataRecord, path: readonly string[], source: Source): string | undefined {
  const value = readValue(source)
  if (!value.ok) return value.error
  if (typeof value.value !== 'object' || value.value === null || Array.isArray(value.value)) return 'document must be of type object'
  return mergeAt(data, path, value.value as DataRecord) ? undefined : 'merge error'
}

/** A document of JSON, whose numbers keep their digits, or YAML. */
export function readValue(source: Source): Result<RegoValue, string> {
  if (source.name.endsWith('.json')) {
    const value = parseRegoJson(source.text, defaultLimits.documentDepth)
    if (value.ok) return value
  }
  const { documents, diagnostics } = loadDocuments(source)
  const problem = diagnostics.find(({ severity }) => severity === 'error')
  if (problem !== undefined) return err(problem.message)
  // Of several documents, OPA reads the first.
  return ok(fromJson(documents[0]?.value ?? null))
}

/** All modules, or what is wrong with any. */
export function parseModules(sources: readonly Source[], regoVersion: RegoVersion): Result<readonly RegoModule[], readonly Diagnostic[]> {
  const modules: RegoModule[] = []
  const problems: Diagnostic[] = []
  for (const source of sources) {
    const parsed = parseRego(source, { regoVersion, recover: true })
    if (parsed.ok) modules.push(parsed.value)
    else problems.push(...parsed.error)
  }
  return problems.length > 0 ? err(problems) : ok(modules)
}

/** Rules and documents must not lie at the same place. */
export function conflictsOf(modules: readonly RegoModule[], data: DataRecord): readonly Diagnostic[] {
  const known = new Set<string>()
  return modules.flatMap((module) =>
    module.rules.flatMap(({ head, span }): readonly Diagnostic[] => {
      const path = [...module.package.path, head.name]
      if (known.has(path.join('/'))) return []
      known.add(path.join('/'))
      let value: RegoValue | undefined = data
      for (const key of path) value = isRecord(value) && Object.hasOwn(value, key) ? value[key] : undefined
      if (value === undefined) return []
      const message = `conflicting rule for data path ${path.join('/')} found`
      return [{ code: 'rego_compile_error', severity: 'error', message, source: module.source, span }]
    }),
  )
}

const isRecord = (value: RegoValue | undefined): value is DataRecord => typeof value === 'object' && value !== null && !Array.isArray(value)

export function versionOf(options: Options): RegoVersion {
  return options.on('v0-compatible') || options.text('rego-version') === 'v0' ? 0 : 1
}

/** Modules and documents of `--data` and `--bundle`. */
export function loadGiven(options: Options, more: readonly string[], host: Host): RegoFiles {
  const ignore = options.list('ignore')
  const files = loadRegoFiles([...options.list('data'), ...more], { ignore, data: true }, host)
  const bundles = loadRegoFiles(options.list('bundle'), { ignore, data: true, bundle: true }, host)
  const problems = [...files.problems, ...bundles.problems]
  if (!mergeAt(files.data, [], bundles.data)) problems.push({ message: 'merge error' })
  return { sources: [...files.sources, ...bundles.sources], data: files.data, problems }
}
