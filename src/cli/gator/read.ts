import { readdirSync, readFileSync, statSync } from 'node:fs'
import { extname, join, resolve } from 'node:path'
import { marshalJson } from '../../core/go-format.ts'
import { isJsonObject, ownValue } from '../../core/json.ts'
import { defaultLimits } from '../../core/limits.ts'
import type { Result } from '../../core/result.ts'
import { err, ok } from '../../core/result.ts'
import { lineAndColumn } from '../../core/source.ts'
import { jsonTypeOf } from '../../kube/decode/go-types.ts'
import type { Document } from '../../kube/manifest.ts'
import { loadDocuments } from '../../kube/yaml/yaml.ts'
import type { YamlDialect } from '../../kube/yaml/yaml.ts'
import type { GatorInput } from '../../policy/gator.ts'
import type { Host } from '../host.ts'
import type { GoFlagValues } from './flags.ts'

const extensions: readonly string[] = ['.yaml', '.yml', '.json']

/** Where an input is from, as warnings say it. */
interface Origin {
  readonly label: string
  /** `file: "x.yaml"` or `stdin`. */
  readonly inputs: readonly GatorInput[]
}

/** Everything that `--filename` and standard input hold. The error is upstream's. */
export async function readInputs(values: GoFlagValues, host: Host): Promise<Result<readonly GatorInput[], string>> {
  const origins = readOrigins(values, host)
  if (!origins.ok) return err(`reading: ${origins.error}`)
  const text = host.inputIsTerminal === true ? '' : await host.readStdin()
  const piped = inputsIn('stdin', text)
  if (!piped.ok) return err(`reading: reading from stdin: reading: ${piped.error}`)
  const all = inputsOf([...origins.value, { label: 'stdin', inputs: piped.value }], host)
  return all.length === 0 ? err('no input data identified') : ok(all)
}

/** Everything that `--filename` holds. The error is upstream's. */
export function readFiles(values: GoFlagValues, host: Host): Result<readonly GatorInput[], string> {
  const origins = readOrigins(values, host)
  return origins.ok ? ok(inputsOf(origins.value, host)) : origins
}

function inputsOf(origins: readonly Origin[], host: Host): readonly GatorInput[] {
  warnOfConflicts(origins, host)
  return origins.flatMap(({ inputs }) => inputs)
}

function readOrigins(values: GoFlagValues, { cwd }: Host): Result<readonly Origin[], string> {
  const origins: Origin[] = []
  for (const path of values.list('filename')) {
    const files = filesAt(path, cwd)
    if (!files.ok) return err(`reading from filenames: ${files.error}`)
    for (const file of files.value) {
      const inputs = readFile(file, cwd)
      if (!inputs.ok) return err(`reading from filenames: reading file "${file}": ${inputs.error}`)
      origins.push({ label: `file: "${file}"`, inputs: inputs.value })
    }
  }
  const [image] = values.list('image')
  if (image === undefined) return ok(origins)
  return err(
    `pulling image: pulling artifact "${image}": --image is not supported, for the command line uses no network; unpack the image and name its files with --filename`,
  )
}

/** Files at or below a path, in the order of names. */
function filesAt(path: string, cwd: string): Result<readonly string[], string> {
  try {
    const full = resolve(cwd, path)
    if (!statSync(full).isDirectory())
      return extensions.includes(extname(path)) ? ok([path]) : err(`path "${path}" must be of extensions: [${extensions.join(' ')}]`)
    const inside = readdirSync(full, { recursive: true, encoding: 'utf8' }).filter((file) => extensions.includes(extname(file)))
    return ok(inside.sort(byParts).map((file) => join(path, file)))
  } catch (error) {
    return err(`stat on path "${path}": stat ${path}: ${goReason(error)}`)
  }
}

/** Names are compared folder by folder. */
export function byParts(a: string, b: string): number {
  const [x, y] = [a.split('/'), b.split('/')]
  const at = x.findIndex((part, index) => part !== y[index])
  if (at < 0) return x.length - y.length
  return (x[at] ?? '') < (y[at] ?? '') ? -1 : 1
}

/** What the operating system says, as Go says it. */
export function goReason(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? String(error.code) : ''
  const texts: Readonly<Record<string, string>> = {
    ENOENT: 'no such file or directory',
    EACCES: 'permission denied',
    EISDIR: 'is a directory',
    ENOTDIR: 'not a directory',
    EROFS: 'read-only file system',
    ENOSPC: 'no space left on device',
  }
  return texts[code] ?? (error instanceof Error ? error.message : String(error))
}

function readFile(file: string, cwd: string): Result<readonly GatorInput[], string> {
  try {
    const full = resolve(cwd, file)
    if (statSync(full).size > defaultLimits.fileBytes) return err(`more than ${defaultLimits.fileBytes} bytes`)
    return inputsIn(file, readFileSync(full, 'utf8'))
  } catch (error) {
    return err(`opening file "${file}": open ${file}: ${goReason(error)}`)
  }
}

function inputsIn(name: string, text: string): Result<readonly GatorInput[], string> {
  const documents = documentsIn(name, text)
  if (!documents.ok) return err(`reading yaml source: error converting YAML to JSON: ${documents.error}`)
  const inputs: GatorInput[] = []
  for (const document of documents.value) {
    const { value } = document
    if (!isJsonObject(value)) {
      const unmarshal = `json: cannot unmarshal ${jsonTypeOf(value)} into Go value of type map[string]interface {}`
      return err(`reading yaml source: error unmarshaling JSON: while decoding JSON: ${unmarshal}`)
    }
    if (Object.keys(value).length > 0) inputs.push({ ...document, value })
  }
  return ok(inputs)
}

/** The documents of a text; the error is that of the YAML, as Go's reader begins it. */
export function documentsIn(name: string, text: string, dialect: YamlDialect = 'kubernetes'): Result<readonly Document[], string> {
  const { documents, diagnostics } = loadDocuments({ name, text }, defaultLimits, dialect)
  const wrong = diagnostics.find(({ severity }) => severity === 'error')
  if (wrong === undefined) return ok(documents)
  return err(`yaml: line ${lineAndColumn(wrong.source, wrong.span.start).line}: ${wrong.message}`)
}

/** Two objects of one name are both reviewed; of two templates or constraints the later one counts. */
function warnOfConflicts(origins: readonly Origin[], host: Host): void {
  const known = new Map<string, string>()
  for (const { label, inputs } of origins) {
    for (const { value } of inputs) {
      const metadata = ownValue(value, 'metadata')
      const named = metadata !== undefined && isJsonObject(metadata) ? metadata : {}
      const name = ownValue(named, 'name')
      const group = String(ownValue(value, 'apiVersion') ?? '').split('/')
      const key = marshalJson([
        group.length > 1 ? (group[0] ?? '') : '',
        ownValue(value, 'kind') ?? '',
        ownValue(named, 'namespace') ?? '',
        name ?? '',
      ])
      const before = known.get(key)
      known.set(key, label)
      if (before !== undefined)
        host.err(
          `${logTime(host.now())} WARNING - Resource named ${JSON.stringify(name ?? '')} (from ${label}) is already defined in ${before}\n`,
        )
    }
  }
}

/** As Go's log begins a line. */
function logTime(now: Date): string {
  const two = (part: number): string => String(part).padStart(2, '0')
  const day = `${now.getFullYear()}/${two(now.getMonth() + 1)}/${two(now.getDate())}`
  return `${day} ${two(now.getHours())}:${two(now.getMinutes())}:${two(now.getSeconds())}`
}
