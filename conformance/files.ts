import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import type { Manifest } from '../src/kube/manifest.ts'
import { loadDocuments, toManifests } from '../src/kube/yaml/yaml.ts'
import { compileManifests, evaluatePolicies } from '../src/engine/engine.ts'
import type { Diagnostic } from '../src/core/diagnostic.ts'
import type { Dialect } from '../src/policy/dialect.ts'
import type { TestHost } from '../src/policy/test-suite.ts'

/** Every file under `folder` with one of these names, sorted. */
export function filesNamed(folder: string, names: readonly string[]): readonly string[] {
  if (!existsSync(folder)) return []
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && names.includes(entry.name))
    .map((entry) => join(entry.parentPath, entry.name))
    .sort()
}

export function manifestsOf(file: string): { readonly manifests: readonly Manifest[]; readonly diagnostics: readonly Diagnostic[] } {
  const { documents, diagnostics } = loadDocuments({ name: file, text: readFileSync(file, 'utf8') })
  return { manifests: toManifests(documents).manifests, diagnostics }
}

/** What a test file may ask for, from the files around it. */
export function fileHost(testFile: string, dialects: readonly Dialect[]): TestHost {
  const at = (path: string): string => resolve(dirname(testFile), path)
  return {
    manifests: (path) => {
      const loaded = filesAt(at(path)).map(manifestsOf)
      if (loaded.length === 0) return Promise.resolve({ manifests: [], diagnostics: [notFound(path)] })
      return Promise.resolve({
        manifests: loaded.flatMap(({ manifests }) => manifests),
        diagnostics: loaded.flatMap(({ diagnostics }) => diagnostics),
      })
    },
    documents: (path) => {
      const loaded = filesAt(at(path)).map((file) => loadDocuments({ name: file, text: readFileSync(file, 'utf8') }))
      if (loaded.length === 0) return Promise.resolve({ documents: [], diagnostics: [notFound(path)] })
      return Promise.resolve({
        documents: loaded.flatMap(({ documents }) => documents),
        diagnostics: loaded.flatMap(({ diagnostics }) => diagnostics),
      })
    },
    now: () => new Date(),
    compile: (manifests) => compileManifests(dialects, manifests),
    evaluate: async (policies, request, source) => (await evaluatePolicies(policies, request, source)).outcomes,
  }
}

function filesAt(path: string): readonly string[] {
  if (!existsSync(path)) return []
  if (!statSync(path).isDirectory()) return [path]
  return readdirSync(path, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.(ya?ml|json)$/.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name))
    .sort()
}

function notFound(path: string): Diagnostic {
  return {
    code: 'no-such-file',
    severity: 'error',
    message: `no such file: ${path}`,
    source: { name: path, text: '' },
    span: { start: 0, end: 0 },
  }
}
