import { dirname, isAbsolute, join } from 'node:path'
import { compileManifests, evaluatePolicies } from '../engine/engine.ts'
import type { Loaded } from './load.ts'
import { loadPaths } from './load.ts'
import type { Host } from './host.ts'
import type { TestHost } from '../policy/test-suite.ts'

/** What a test file may ask for; paths are relative to it. */
export function testHost(file: string, host: Host): TestHost {
  const load = (path: string): Promise<Loaded> => loadPaths([isAbsolute(path) ? path : join(dirname(file), path)], host)
  return {
    manifests: load,
    documents: async (path) => {
      const { manifests, others, diagnostics } = await load(path)
      return { documents: [...manifests.map(({ document }) => document), ...others], diagnostics }
    },
    now: host.now,
    compile: (manifests) => compileManifests(host.dialects, manifests),
    evaluate: async (policies, request, source) => (await evaluatePolicies(policies, request, source)).outcomes,
  }
}
