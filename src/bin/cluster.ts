import { hostname } from 'node:os'
import { setFlagsFromString } from 'node:v8'
import { pino } from 'pino'
import type { LogEntry } from '../admission/server.ts'
import type { ClusterTools } from '../cli/host.ts'
import { renderDiagnostic } from '../core/render-diagnostic.ts'
import { err, ok } from '../core/result.ts'
import type { KubeObject } from '../kube/object.ts'
import type { Sandbox } from '../sandbox/sandbox.ts'
import { admissionPlugins } from './admission-plugins.ts'
import type { ClusterAddress } from '../cluster/kube-client.ts'
import type { RunningAdmission } from './admission.ts'
import type { DialectOptions } from '../policy/dialect.ts'
import { dialectsWith } from '../policy/dialect.ts'
import { runAdmission } from './admission.ts'
import { dialects } from './dialects.ts'
import { newIdentity, readRelease, runSandbox } from './sandbox.ts'
import { version } from './version.ts'

interface SystemError {
  readonly code?: unknown
  readonly address?: unknown
  readonly port?: unknown
  readonly path?: unknown
}

/** What is wrong, where, and what to do about it. */
function message(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  const { code, address, port, path } = error as SystemError
  const where = typeof path === 'string' ? path : `port ${String(port)} of ${String(address)}`
  switch (code) {
    case 'EADDRINUSE':
      return `${where} is in use, choose another with --port`
    case 'EADDRNOTAVAIL':
      return `${String(address)} is no address of this machine, choose another with --host`
    case 'EACCES':
    case 'EPERM':
    case 'EROFS':
      return `no permission to ${typeof path === 'string' ? 'write' : 'listen on'} ${where}`
    case 'EISDIR':
      return `${where} is a directory, a file is needed`
    case 'ENOSPC':
      return `no space left to write ${where}`
    default:
      return error.message
  }
}

/** Kanon lives where it is out of the way: a sandbox shows the namespaces that every cluster has. */
const sandboxNamespace = 'kube-system'

/** One line of JSON for each entry; the secrets of reviews are not in entries. */
function jsonLog(write: (text: string) => void, verbose: boolean): (entry: LogEntry) => void {
  const logger = pino({ level: verbose ? 'debug' : 'info', base: { name: 'kanon' } }, { write })
  return ({ level, message: text, fields }) => logger[level](fields, text)
}

/** How long a replica may take to load policies and, if it leads, to write what it has to. */
const startMilliseconds = 10_000
/** Kanon in front of the sandbox of this process. */
const guard = (cluster: ClusterAddress, options: DialectOptions, log: (entry: LogEntry) => void): Promise<RunningAdmission> =>
  runAdmission({
    cluster,
    dialects: dialectsWith(dialects, options),
    host: '127.0.0.1',
    port: 0,
    namespace: sandboxNamespace,
    reach: { kind: 'url' },
    identity: newIdentity(),
    version,
    installDefinitions: true,
    traceEndpoint: undefined,
    log,
    // Nobody else could take over what still comes.
    limits: { drainMilliseconds: 0 },
  })

/** What is loaded may define the kinds of what comes after it, so many times over. */
const loadRounds = 5

/** Loads what is served, waits until Kanon has made of it what it makes, and goes on with the rest. */
async function loadInOrder(objects: readonly KubeObject[], sandbox: Sandbox, kanon: RunningAdmission | undefined): Promise<void> {
  let rest = objects
  for (let round = 1; rest.length > 0 && round < loadRounds; round += 1) {
    const { served = [], unknown = [] } = Object.groupBy(rest, (object) => (sandbox.serves(object) ? 'served' : 'unknown'))
    await sandbox.load(served)
    rest = unknown
    await kanon?.settled()
  }
  await sandbox.load(rest)
  await kanon?.settled()
}

/** `directory` holds the program and what the build put beside it. */
export function clusterTools(directory: string): ClusterTools {
  return {
    startSandbox: async ({ withKanon, dialectOptions, admissionConfiguration, objects, verbose, log, ...settings }) => {
      const plugins = admissionPlugins(settings.kubernetesVersion, admissionConfiguration)
      if (!plugins.ok) return err(plugins.error.map((diagnostic) => renderDiagnostic(diagnostic, { color: false })).join('\n\n'))
      const show = ({ level, message: text, fields }: LogEntry): void => {
        // People at a terminal want to see what was refused; the rest is for those who ask.
        if (!verbose && (level === 'debug' || (level === 'info' && text !== 'denied'))) return
        const { kind = '', namespace = '', name = '' } = fields
        log(`${level}: ${text}${kind === '' ? '' : ` ${kind} ${namespace === '' ? '' : `${namespace}/`}${name}`}`)
      }
      const stops: (() => Promise<void>)[] = []
      const stop = async (): Promise<void> => {
        for (const one of stops.toReversed()) await one()
      }
      try {
        const running = await runSandbox({ ...settings, plugins: plugins.value, ...(verbose ? { log } : {}) }, readRelease(directory))
        const { sandbox, server, kubeconfig, authority, admin } = running
        stops.push(() => sandbox.stop())
        const cluster = {
          server,
          certificateAuthority: authority.certificate,
          clientCertificate: admin.certificate,
          clientKey: admin.key,
        }
        const kanon = withKanon ? await guard(cluster, dialectOptions, show) : undefined
        if (kanon !== undefined) stops.push(() => kanon.stop({ remove: true }))
        await kanon?.settled()
        await loadInOrder(objects, sandbox, kanon)
        return ok({ server, kubeconfig, stop })
      } catch (error) {
        await stop()
        return err(`the sandbox cannot start: ${message(error)}`)
      }
    },
    startAdmission: async ({ write, verbose, dialectOptions, ...settings }) => {
      try {
        // Compiling policies leaves much garbage, for which V8 would grow its young generation and keep it so: 60 MiB for 500 policies.
        // Reviews leave little, and are faster where it may grow.
        setFlagsFromString('--optimize-for-size')
        const running = await runAdmission({
          ...settings,
          dialects: dialectsWith(dialects, dialectOptions),
          identity: `${hostname()}_${newIdentity()}`,
          version,
          log: jsonLog(write, verbose),
        })
        const begun = Promise.race([running.settled(), new Promise((resolve) => setTimeout(resolve, startMilliseconds).unref())])
        void begun.then(() => setFlagsFromString('--no-optimize-for-size'))
        return ok(running)
      } catch (error) {
        return err(`the webhook server cannot start: ${message(error)}`)
      }
    },
  }
}
