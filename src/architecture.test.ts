import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import { expect, test } from 'vitest'

/** Each layer and the layers it may import from (itself is always allowed). The whole architecture is this table. */
const mayImport: Readonly<Record<string, readonly string[]>> = {
  core: [],
  kube: ['core'],
  languages: ['core', 'kube'],
  standards: ['core', 'kube', 'languages'],
  policy: ['core', 'kube'],
  dialects: ['core', 'kube', 'languages', 'standards', 'policy'],
  engine: ['core', 'kube', 'policy'],
  cluster: ['core', 'kube', 'policy'],
  sandbox: ['core', 'kube', 'policy'],
  admission: ['core', 'kube', 'policy', 'engine'],
  controllers: ['core', 'kube', 'policy', 'engine'],
  cli: ['core', 'kube', 'policy', 'engine', 'cluster', 'languages'],
  bin: ['core', 'kube', 'languages', 'policy', 'dialects', 'engine', 'cluster', 'sandbox', 'admission', 'controllers', 'cli'],
}

/** Packages, and the only file that may import each. */
const packageOwners: Readonly<Record<string, string>> = {
  'js-yaml': 'kube/yaml/js-yaml.ts',
  re2js: 'core/regex.ts',
  commander: 'cli/program.ts',
  'reflect-metadata': 'cluster/certificates.ts',
  '@peculiar/x509': 'cluster/certificates.ts',
  'prom-client': 'admission/metrics.ts',
  pino: 'bin/cluster.ts',
  '@opentelemetry/sdk-trace': 'admission/tracing.ts',
  '@opentelemetry/exporter-trace-otlp-http': 'admission/tracing.ts',
  '@opentelemetry/resources': 'admission/tracing.ts',
}

const mayTalk = new Set(['cluster', 'sandbox', 'admission', 'cli', 'bin'])

const root = import.meta.dirname
const files = readdirSync(root, { recursive: true, encoding: 'utf8' }).filter((f) => f.endsWith('.ts') && f.includes('/'))
const tests = /\.(test|contract)\.ts$/

function importsOf(file: string): readonly string[] {
  const text = readFileSync(join(root, file), 'utf8')
  return [...text.matchAll(/(?:^(?:import|export)\b[^'"`;]*?\bfrom |^import |\bimport\()'([^']+)'/gm)].map(([, name = '']) => name)
}
const inside = (file: string, path: string): string => relative(root, resolve(root, dirname(file), path))

test.each(files)('%s imports only from layers below it', (file) => {
  const [layer = ''] = file.split('/')
  expect(Object.keys(mayImport)).toContain(layer)
  const allowed = new Set([layer, ...(mayImport[layer] ?? [])])
  const imported = importsOf(file)
    .filter((name) => name.startsWith('.'))
    .map((path) => inside(file, path))
  expect(imported.filter((path) => !path.startsWith('..') && !allowed.has(path.split('/')[0] ?? ''))).toEqual([])
})

test.each(files.filter((f) => /^(languages|dialects)\//.test(f)))('%s does not know its siblings', (file) => {
  const [layer, own] = file.split('/')
  const strangers = importsOf(file)
    .filter((name) => name.startsWith('.'))
    .map((path) => inside(file, path).split('/'))
    .filter(([l, folder]) => l === layer && folder !== own)
  expect(strangers).toEqual([])
})

test.each(files)('%s reaches languages through their face', (file) => {
  const behind = importsOf(file)
    .filter((name) => name.startsWith('.'))
    .map((path) => inside(file, path))
    .filter((path) => {
      const [layer, folder, name] = path.split('/')
      return layer === 'languages' && !(file.startsWith('languages/') && file.split('/')[1] === folder) && name !== `${folder}.ts`
    })
  expect(behind).toEqual([])
})

test.each(files.filter((f) => !tests.test(f)))(
  '%s imports packages only where they are owned, and the outside world only where it may',
  (file) => {
    const [layer = ''] = file.split('/')
    const packages = importsOf(file).filter((name) => !name.startsWith('.'))
    const wrong = packages.filter((name) => {
      if (name.startsWith('node:')) return !mayTalk.has(layer) && !['node:crypto', 'node:buffer'].includes(name)
      return packageOwners[name] !== file
    })
    expect(wrong).toEqual([])
  },
)
