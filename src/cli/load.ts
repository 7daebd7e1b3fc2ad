import type { Diagnostic } from '../core/diagnostic.ts'
import type { Source } from '../core/source.ts'
import { filesAt, readSource } from '../cluster/files.ts'
import type { Document, Manifest } from '../kube/manifest.ts'
import { loadDocuments, toManifests } from '../kube/yaml/yaml.ts'
import type { Host } from './host.ts'

/** What came out of some paths. Problems never keep the other files from being read. */
export interface Loaded {
  readonly manifests: readonly Manifest[]
  readonly others: readonly Document[]
  readonly diagnostics: readonly Diagnostic[]
}

const fileProblem = (name: string, message: string): Diagnostic => ({
  code: 'unreadable-file',
  severity: 'error',
  message,
  source: { name, text: '' },
  span: { start: 0, end: 0 },
})

/** Reads files, folders, globs and `-`. */
export async function loadPaths(paths: readonly string[], host: Host): Promise<Loaded> {
  const diagnostics: Diagnostic[] = []
  const sources: Source[] = []
  for (const path of paths) {
    if (path === '-') {
      sources.push({ name: '<stdin>', text: await host.readStdin() })
      continue
    }
    const files = filesAt(path, host.cwd)
    if (!files.ok) {
      diagnostics.push(fileProblem(path, files.error))
      continue
    }
    for (const file of files.value) {
      const source = readSource(file, host.cwd)
      if (source.ok) sources.push(source.value)
      else diagnostics.push(fileProblem(file, source.error))
    }
  }
  return loadSources(sources, diagnostics)
}

function loadSources(sources: readonly Source[], before: readonly Diagnostic[]): Loaded {
  const diagnostics = [...before]
  const manifests: Manifest[] = []
  const others: Document[] = []
  for (const source of sources) {
    const loaded = loadDocuments(source)
    for (const diagnostic of loaded.diagnostics) diagnostics.push(diagnostic)
    const split = toManifests(loaded.documents)
    for (const manifest of split.manifests) manifests.push(manifest)
    for (const other of split.others) others.push(other)
  }
  return { manifests, others, diagnostics }
}
