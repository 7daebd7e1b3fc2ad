import { hostname } from 'node:os'
import { setFlagsFromString } from 'node:v8'
import { pino } from 'pino'
import type { LogEntry } from '../admission/server.ts'
import type { ClusterTools } from '../cli/host.ts'
import { renderDiagnostic } from '../core/render-diagnostic.ts'
import { err, ok } from '../core/result.ts'
import { admissionPlugins } from './admission-plugins.ts'
import { runAdmission } from './admission.ts'
import { dialects } from './dialects.ts'
import { newIdentity, readRelease, runSandbox } from './sandbox.ts'
import { version } from './version.ts'

const message = (error: unknown): string => (error instanceof Error ? error.message : String(error))

/** Kanon lives where it is out of the way: a sandbox shows the namespaces that every cluster has. */
const sandboxNamespace = 'kube-system'

/** One line of JSON for each entry; the secrets of reviews are not in entries. */
function jsonLog(write: (text: string) => void, verbose: boolean): (entry: LogEntry) => void {
  const logger = pino({ level: verbose ? 'debug' : 'info', base: { name: 'kanon' } }, { write })
  return ({ level, message: text, fields }) => logger[level](fields, text)
}

/** How long a replica may take to load policies and, if it leads, to write what it has to. */
const startMilliseconds = 10_000

/** `directory` holds the program and what the build put beside it. */
export function clusterTools(directory: string): ClusterTools {
  return {
    startSandbox: async ({ withKanon, admissionConfiguration, objects, verbose, log, ...settings }) => {
      const plugins = admissionPlugins(settings.kubernetesVersion, admissionConfiguration)
      if (!plugins.ok) return err(plugins.error.map((diagnostic) => renderDiagnostic(diagnostic, { color: false })).join('\n\n'))
      const show = ({ level, message: text, fields }: LogEntry): void => {
        // People at a terminal want to see what was refused; the rest is for those who ask.
        if (!verbose && (level === 'debug' || (level === 'info' && text !== 'denied'))) return
        const { kind = '', namespace = '', name = '' } = fields
        log(`${level}: ${text}${kind === '' ? '' : ` ${kind} ${namespace === '' ? '' : `${namespace}/`}${name}`}`)
      }
      try {
        const running = await runSandbox({ ...settings, plugins: plugins.value, ...(verbose ? { log } : {}) }, readRelease(directory))
        const { sandbox, server, kubeconfig, authority, admin } = running
        const kanon = withKanon
          ? await runAdmission({
              cluster: {
                server,
                certificateAuthority: authority.certificate,
                clientCertificate: admin.certificate,
                clientKey: admin.key,
              },
              dialects,
              host: '127.0.0.1',
              port: 0,
              namespace: sandboxNamespace,
              reach: { kind: 'url' },
              identity: newIdentity(),
              version,
              installDefinitions: true,
              traceEndpoint: undefined,
              log: show,
            })
          : undefined
        await kanon?.settled()
        await sandbox.load(objects)
        await kanon?.settled()
        return ok({
          server,
          kubeconfig,
          stop: async () => {
            await kanon?.stop({ remove: true })
            await sandbox.stop()
          },
        })
      } catch (error) {
        return err(`the sandbox cannot start: ${message(error)}`)
      }
    },
    startAdmission: async ({ write, verbose, ...settings }) => {
      try {
        // Compiling policies leaves much garbage, for which V8 would grow its young generation and keep it so: 60 MiB for 500 policies.
        // Reviews leave little, and are faster where it may grow.
        setFlagsFromString('--optimize-for-size')
        const running = await runAdmission({
          ...settings,
          dialects,
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
