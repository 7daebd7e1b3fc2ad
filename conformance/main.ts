import { existsSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { gatekeeperLibrary, gatekeeperLibraryRego } from './gatekeeper-library.ts'
import { jmespathCases } from './jmespath.ts'
import { kyvernoChainsaw } from './kyverno-chainsaw.ts'
import { knownGaps } from './known-gaps.ts'
import { kyvernoSuite } from './kyverno.ts'
import type { Outcome, Suite } from './outcome.ts'
import { podSecurity } from './pod-security.ts'
import { regoSuite } from './rego.ts'
import { settle, summary } from './settle.ts'

/** `npm run conformance [suite…] [--verbose] [--grep TEXT]`: upstream's own tests, run on Kanon. */
const jmespath: Suite = {
  name: 'jmespath',
  run: (root) => {
    const cases = jmespathCases(root)
    if (cases.length === 0) return Promise.resolve(undefined)
    return Promise.resolve(
      cases.map(({ id, run }): Outcome => {
        const problem = run()
        return problem === undefined
          ? { id: `jmespath:${id}`, verdict: 'passed' }
          : { id: `jmespath:${id}`, verdict: 'failed', reason: problem }
      }),
    )
  },
}

const suites: readonly Suite[] = [
  jmespath,
  kyvernoSuite('kyverno-policies'),
  kyvernoSuite('kyverno-cli'),
  podSecurity,
  regoSuite,
  gatekeeperLibrary,
  gatekeeperLibraryRego,
  kyvernoChainsaw,
]

async function main(): Promise<number> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { verbose: { type: 'boolean', short: 'v', default: false }, grep: { type: 'string', default: '' } },
  })
  const unknown = positionals.filter((name) => !suites.some((suite) => suite.name === name))
  if (unknown.length > 0) {
    console.error(`no suite is called ${unknown.join(', ')}; there are ${suites.map(({ name }) => name).join(', ')}`)
    return 2
  }
  const root = process.env['KANON_CONFORMANCE'] ?? '../shared/conformance'
  if (!existsSync(root)) {
    console.log(`NO CONFORMANCE DATA: ${root} does not exist; set KANON_CONFORMANCE to the folder that has it`)
    console.log('0 passed, 0 failed, skipped')
    return 0
  }
  let status = 0
  for (const suite of suites) {
    if (positionals.length > 0 && !positionals.includes(suite.name)) continue
    const outcomes = await suite.run(root, values.grep)
    if (outcomes === undefined) {
      console.log(`${suite.name}: 0 passed, 0 failed, skipped: no data under ${root}`)
      continue
    }
    const settled = settle(
      outcomes.filter(({ id }) => id.includes(values.grep)),
      knownGaps,
    )
    for (const line of summary(suite.name, settled, values.verbose)) console.log(line)
    if (settled.failed.length > 0) status = 1
  }
  return status
}

process.exitCode = await main()
