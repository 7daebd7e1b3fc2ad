import { resolve } from 'node:path'
import { readSource } from '../../cluster/files.ts'
import type { Source } from '../../core/source.ts'
import { compileManifests } from '../../engine/engine.ts'
import { kindOf } from '../../policy/dialect.ts'
import type { Command, Options } from '../command.ts'
import type { ExitStatus, Host } from '../host.ts'
import { dialectFlags, dialectOptions, hostWith } from '../dialect-flags.ts'
import { exit } from '../host.ts'
import { loadPaths } from '../load.ts'
import { problemsOf } from '../problems.ts'
import { showDiagnostics } from '../show.ts'

export const sandbox: Command = {
  name: 'sandbox',
  usage: '[POLICIES...]',
  summary: 'Start a small cluster API with Kanon in it, for real kubectl',
  details:
    'For trying policies and for tests, not for production: one process, one made-up node, no containers. It listens on 127.0.0.1 only, writes a kubeconfig and stays up until it is interrupted. ' +
    'POLICIES are applied at the start.\n\nExit status: 0 interrupted, 2 it could not start.',
  flags: [
    {
      name: 'data-dir',
      argument: 'directory',
      doc: 'keep the state in this directory, so that a restart loses nothing; without it everything is in memory',
    },
    { name: 'port', argument: 'number', default: '0', doc: 'port of the API server; 0 takes a free one' },
    { name: 'kubernetes-version', argument: 'version', default: 'v1.36.2', doc: 'what the server says it is' },
    { name: 'kubeconfig', argument: 'file', doc: 'where to write the kubeconfig (default: DATA-DIR/kubeconfig, or ~/.kanon/kubeconfig)' },
    {
      name: 'admission-control-config-file',
      argument: 'file',
      doc: 'an AdmissionConfiguration, as kube-apiserver takes it: the levels of Pod Security that namespaces have by default, and who is exempt',
    },
    {
      name: 'audit-log-path',
      argument: 'file',
      doc: 'append every request to this file as kube-apiserver does, with the audit annotations of admission',
    },
    { name: 'api-only', doc: 'only the API server, without policies being enforced' },
    ...dialectFlags,
    { name: 'verbose', shorthand: 'v', doc: 'log every review' },
  ],
  run: (args, options, host) => runSandbox(args, options, hostWith(options, host)),
}

async function runSandbox(paths: readonly string[], options: Options, host: Host): Promise<ExitStatus> {
  const port = Number(options.text('port'))
  if (!Number.isInteger(port) || port < 0 || port > 65_535) {
    host.err(`--port: expected a number from 0 to 65535, not \`${options.text('port') ?? ''}\`\n`)
    return exit.unusable
  }
  const kubernetesVersion = options.text('kubernetes-version') ?? ''
  if (!/^v?\d+\.\d+(\.\d+)?$/.test(kubernetesVersion)) {
    host.err(`--kubernetes-version: expected a version such as \`v1.36.2\`, not \`${kubernetesVersion}\`\n`)
    return exit.unusable
  }
  const configuration = readConfiguration(options.text('admission-control-config-file'), host)
  if (configuration === 'unreadable') return exit.unusable
  const loaded = await loadPaths(paths, host)
  if (showDiagnostics(loaded.diagnostics, host)) return exit.unusable
  if (!options.on('api-only')) {
    const policies = loaded.manifests.filter(({ object }) => kindOf(host.dialects, object) !== undefined)
    const problems = problemsOf(policies, host.dialects, compileManifests(host.dialects, policies))
    if (showDiagnostics(problems, host)) return exit.unusable
  }
  const auditLog = options.text('audit-log-path')
  const objects = loaded.manifests.map(({ object }) => object)
  const tools = await host.loadCluster()
  const started = await tools.startSandbox({
    port,
    kubernetesVersion: kubernetesVersion.startsWith('v') ? kubernetesVersion : `v${kubernetesVersion}`,
    dataDirectory: options.text('data-dir'),
    kubeconfig: options.text('kubeconfig'),
    withKanon: !options.on('api-only'),
    dialectOptions: dialectOptions(options),
    admissionConfiguration: configuration,
    auditLog: auditLog === undefined ? undefined : resolve(host.cwd, auditLog),
    objects,
    log: (line) => host.err(`${line}\n`),
    verbose: options.on('verbose'),
  })
  if (!started.ok) {
    host.err(`${started.error}\n`)
    return exit.unusable
  }
  const { server, kubeconfig, stop } = started.value
  // Before anybody is told how to stop it.
  const stopped = host.untilStopped()
  const policies = objects.filter((object) => kindOf(host.dialects, object) !== undefined).length
  host.out(
    `Kanon sandbox, Kubernetes ${kubernetesVersion} API at ${server} (not for production)\n` +
      `${options.on('api-only') ? 'without policies' : `${policies} ${policies === 1 ? 'policy' : 'policies'} loaded`}\n\n` +
      `  export KUBECONFIG=${kubeconfig}\n  kubectl get namespaces\n\nPress Ctrl-C to stop.\n`,
  )
  host.flush()
  await stopped
  await stop()
  return exit.clean
}

function readConfiguration(file: string | undefined, host: Host): Source | undefined | 'unreadable' {
  if (file === undefined) return undefined
  const source = readSource(file, host.cwd)
  if (source.ok) return source.value
  host.err(`--admission-control-config-file: ${source.error}\n`)
  return 'unreadable'
}
