import { dialects } from '../src/bin/dialects.ts'
import type { Host } from '../src/cli/host.ts'
import { kyvernoFunctions } from '../src/dialects/kyverno/jmespath-functions.ts'

/** What `kanon test` runs on, with nobody to print to. */
export const silentHost: Host = {
  out: () => {},
  err: () => {},
  isTerminal: false,
  color: false,
  cwd: process.cwd(),
  readStdin: () => Promise.resolve(''),
  now: () => new Date(),
  version: '',
  dialects,
  functions: kyvernoFunctions,
  loadCluster: () => Promise.reject(new Error('tests of policies need no cluster')),
  untilStopped: () => Promise.resolve(),
  flush: () => {},
  kubeconfigFiles: [],
  inClusterServer: undefined,
}
