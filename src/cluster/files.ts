import { globSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { defaultLimits } from '../core/limits.ts'
import type { Result } from '../core/result.ts'
import { err, ok } from '../core/result.ts'
import type { Source } from '../core/source.ts'

const manifestFile = /\.(ya?ml|json)$/i

/** The file as text, or why it cannot be read. */
export function readSource(path: string, cwd: string): Result<Source, string> {
  try {
    const full = resolve(cwd, path)
    const { size } = statSync(full)
    if (size > defaultLimits.fileBytes) return err(`${path} has ${size} bytes, more than the ${defaultLimits.fileBytes} that are read`)
    return ok({ name: path, text: readFileSync(full, 'utf8') })
  } catch (error) {
    return err(reasonOf(path, error))
  }
}

/** The manifest files that a path stands for: a file, everything below a folder, or a glob. Sorted. */
export function filesAt(path: string, cwd: string): Result<readonly string[], string> {
  try {
    const full = resolve(cwd, path)
    const stat = statSync(full, { throwIfNoEntry: false })
    if (stat?.isDirectory() === true) {
      const inside = readdirSync(full, { recursive: true, encoding: 'utf8' }).filter((file) => manifestFile.test(file))
      return ok(inside.map((file) => join(path, file)).sort())
    }
    if (stat !== undefined) return ok([path])
    if (!/[*?[{]/.test(path)) return err(`no such file or folder: ${path}`)
    const found = globSync(path, { cwd }).filter((file) => manifestFile.test(file))
    return found.length > 0 ? ok(found.sort()) : err(`no file matches ${path}`)
  } catch (error) {
    return err(reasonOf(path, error))
  }
}

/** Files of given names at or below a path. */
export function findFiles(path: string, names: readonly string[], cwd: string): Result<readonly string[], string> {
  try {
    const full = resolve(cwd, path)
    const stat = statSync(full, { throwIfNoEntry: false })
    if (stat === undefined) return err(`no such file or folder: ${path}`)
    if (!stat.isDirectory()) return ok([path])
    const inside = readdirSync(full, { recursive: true, encoding: 'utf8' }).filter((file) => names.includes(file.split('/').at(-1) ?? ''))
    return ok(inside.map((file) => join(path, file)).sort())
  } catch (error) {
    return err(reasonOf(path, error))
  }
}

function reasonOf(path: string, error: unknown): string {
  const code = error instanceof Error && 'code' in error ? String(error.code) : ''
  if (code === 'ENOENT') return `no such file or folder: ${path}`
  if (code === 'EACCES' || code === 'EPERM') return `no permission to read ${path}`
  if (code === 'EISDIR') return `${path} is a folder, expected a file`
  return `cannot read ${path}: ${error instanceof Error ? error.message : String(error)}`
}
