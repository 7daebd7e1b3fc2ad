import { findFiles } from '../../cluster/files.ts'
import { lineAndColumn } from '../../core/source.ts'
import type { TestRun, TestSelector } from '../../policy/test-suite.ts'
import type { Command, Options } from '../command.ts'
import type { ExitStatus, Host } from '../host.ts'
import { dialectFlags, hostWith } from '../dialect-flags.ts'
import { exit } from '../host.ts'
import { loadPaths } from '../load.ts'
import { testFormats } from '../output/tests.ts'
import { showDiagnostics } from '../show.ts'
import { testHost } from '../test-host.ts'

export const test: Command = {
  name: 'test',
  usage: 'PATH...',
  summary: 'Run the tests of policies: kyverno-test.yaml and suite.yaml files at or below the paths',
  details: 'Exit status: 0 all passed, 1 some failed, 2 something could not be read.',
  flags: [
    { name: 'file-name', shorthand: 'f', argument: 'name', doc: 'the name of test files' },
    {
      name: 'test-case-selector',
      shorthand: 't',
      argument: 'policy=*,rule=*,resource=*',
      doc: 'run only some of the expectations; wildcards',
    },
    {
      name: 'output',
      shorthand: 'o',
      argument: 'format',
      choices: Object.keys(testFormats),
      default: 'text',
      doc: 'how to print the results',
    },
    { name: 'fail-only', doc: 'show only what failed' },
    { name: 'detailed-results', doc: 'show the messages of rules too' },
    { name: 'require-tests', doc: 'fail when there are no tests' },
    { name: 'remove-color', doc: 'print without colours' },
    ...dialectFlags,
  ],
  run: runTests,
}

async function runTests(paths: readonly string[], options: Options, host: Host): Promise<ExitStatus> {
  if (paths.length === 0) {
    host.err('expected paths with tests\nrun `kanon test --help` for what it takes\n')
    return exit.unusable
  }
  const select = readSelector(options.text('test-case-selector') ?? '')
  if (typeof select === 'string') {
    host.err(`${select}\n`)
    return exit.unusable
  }
  const color = host.color && !options.on('remove-color')
  const { runs, unusable } = await runFiles(paths, { select, fileName: options.text('file-name'), color }, hostWith(options, host))
  const render = testFormats[options.text('output') ?? 'text']
  if (render !== undefined) host.out(render(runs, { color, failOnly: options.on('fail-only'), detailed: options.on('detailed-results') }))
  const rows = runs.flatMap((run) => run.rows)
  if (unusable || (rows.length === 0 && options.on('require-tests'))) return exit.unusable
  return rows.some(({ status }) => status === 'failed') ? exit.violations : exit.clean
}

/** `policy=…,rule=…,resource=…`, or what is wrong with it. */
function readSelector(text: string): TestSelector | string {
  const parts: Record<string, string> = {}
  for (const pair of text.split(',').filter((part) => part !== '')) {
    const equals = pair.indexOf('=')
    const key = pair.slice(0, equals).trim()
    if (!['policy', 'rule', 'resource'].includes(key))
      return `expected policy=…, rule=… or resource=… in --test-case-selector, found \`${pair}\``
    parts[key] = pair.slice(equals + 1).trim()
  }
  return { policy: parts['policy'] ?? '*', rule: parts['rule'] ?? '*', resource: parts['resource'] ?? '*' }
}

interface Selection {
  readonly select: TestSelector
  readonly fileName: string | undefined
  readonly color: boolean
}

async function runFiles(
  paths: readonly string[],
  selection: Selection,
  host: Host,
): Promise<{ readonly runs: readonly TestRun[]; readonly unusable: boolean }> {
  const formats = host.dialects.flatMap((dialect) => dialect.testSuites)
  const names = selection.fileName === undefined ? formats.flatMap((format) => format.fileNames) : [selection.fileName]
  const runs: TestRun[] = []
  let unusable = false
  for (const path of paths) {
    const files = findFiles(path, names, host.cwd)
    if (!files.ok) {
      host.err(`${files.error}\n`)
      unusable = true
      continue
    }
    for (const file of files.value) {
      const loaded = await loadPaths([file], host)
      unusable = showDiagnostics(loaded.diagnostics, host, selection.color) || unusable
      for (const other of loaded.others) {
        const { line } = lineAndColumn(other.source, other.start)
        host.err(
          `${file}:${line}: uses a deprecated schema — please migrate: a test needs apiVersion and kind, as \`kanon create test\` prints them\n`,
        )
        unusable = true
      }
      for (const manifest of loaded.manifests) {
        const format = formats.find((candidate) => candidate.recognises(manifest))
        if (format === undefined) {
          host.err(`${file}: expected a test, found ${manifest.object.kind} of ${manifest.object.apiVersion}\n`)
          unusable = true
          continue
        }
        const run = await format.run(manifest, testHost(file, host), { select: selection.select })
        showDiagnostics(run.diagnostics, host, selection.color)
        runs.push(run)
      }
    }
  }
  return { runs, unusable }
}
