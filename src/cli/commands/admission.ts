import { X509Certificate } from 'node:crypto'
import { readSource } from '../../cluster/files.ts'
import type { ClusterAddress } from '../../cluster/kube-client.ts'
import { addressInKubeconfig } from '../../cluster/kubeconfig.ts'
import type { Result } from '../../core/result.ts'
import { err, ok } from '../../core/result.ts'
import { parseDuration } from '../../kube/duration.ts'
import type { Command, Options } from '../command.ts'
import type { ExitStatus, Host } from '../host.ts'
import { dialectFlags, dialectOptions } from '../dialect-flags.ts'
import { exit } from '../host.ts'

export const admission: Command = {
  name: 'admission',
  usage: '',
  summary: 'Guard a cluster: the webhook server, and the controllers that register it',
  details:
    'Runs in a cluster with the service account of its Pod, or anywhere with --kubeconfig, or --server and credentials. Replicas may run side by side: each decides, one of them writes.\n\n' +
    'Exit status: 0 interrupted, 2 it could not start.',
  flags: [
    { name: 'kubeconfig', argument: 'file', doc: 'the cluster and the user of a kubeconfig' },
    { name: 'context', argument: 'name', doc: 'the context of --kubeconfig (default: its current one)' },
    { name: 'server', argument: 'url', doc: 'the API server (default: the one of the cluster this runs in)' },
    { name: 'certificate-authority', argument: 'file', doc: 'PEM of the authority of the API server' },
    { name: 'client-certificate', argument: 'file', doc: 'PEM to authenticate with' },
    { name: 'client-key', argument: 'file', doc: 'the key of --client-certificate' },
    { name: 'token-file', argument: 'file', doc: 'bearer token to authenticate with; read again for each request' },
    { name: 'host', argument: 'address', default: '0.0.0.0', doc: 'address to listen on' },
    { name: 'port', argument: 'number', default: '9443', doc: 'port to listen on' },
    {
      name: 'namespace',
      argument: 'name',
      default: 'kanon',
      doc: 'the namespace of Kanon: never guarded, holds its Lease and certificates',
    },
    { name: 'service', argument: 'name', default: 'kanon-svc', doc: 'the Service through which the API server reaches the webhooks' },
    { name: 'by-url', doc: 'register https://HOST:PORT instead of the Service' },
    { name: 'install-definitions', doc: 'create CustomResourceDefinitions that the cluster lacks' },
    { name: 'keep-webhooks', doc: 'leave the webhook configurations when this process ends' },
    {
      name: 'external-data-provider-response-cache-ttl',
      argument: 'duration',
      default: '3m',
      doc: 'how long what providers of external data said of a key may be told to constraints again; 0 is not at all',
    },
    { name: 'trace-endpoint', argument: 'url', doc: 'OpenTelemetry collector (OTLP over HTTP) to send traces to' },
    ...dialectFlags,
    { name: 'verbose', shorthand: 'v', doc: 'log every review' },
  ],
  run: runAdmission,
}

function isCertificate(text: string): boolean {
  try {
    return new X509Certificate(text).subject !== undefined
  } catch {
    return false
  }
}

const accountDirectory = '/var/run/secrets/kubernetes.io/serviceaccount'

/** The cluster that the flags name, or the one of this Pod. */
function clusterOf(options: Options, host: Host): Result<ClusterAddress, string> {
  const kubeconfig = options.text('kubeconfig')
  if (kubeconfig !== undefined) return addressInKubeconfig([kubeconfig], options.text('context') ?? '', host.cwd)
  const problems: string[] = []
  const read = (flag: string, file: string | undefined): string => {
    if (file === undefined) return ''
    const source = readSource(file, host.cwd)
    if (source.ok) return source.value.text
    problems.push(`--${flag}: ${source.error}`)
    return ''
  }
  const readCertificate = (flag: string, file: string | undefined): string => {
    const text = read(flag, file)
    if (text !== '' && !isCertificate(text)) problems.push(`--${flag}: ${file} holds no certificate in PEM`)
    return text
  }
  const server = options.text('server') ?? host.inClusterServer
  if (server === undefined) return err('this is no Pod of a cluster: give --kubeconfig, or --server and credentials')
  if (URL.parse(server)?.protocol !== 'https:') problems.push(`--server: expected an https:// URL, not \`${server}\``)
  const inCluster = options.text('server') === undefined
  const authority = readCertificate(
    'certificate-authority',
    options.text('certificate-authority') ?? (inCluster ? `${accountDirectory}/ca.crt` : undefined),
  )
  const certificate = readCertificate('client-certificate', options.text('client-certificate'))
  const key = read('client-key', options.text('client-key'))
  for (const [given, other] of [
    ['client-certificate', 'client-key'],
    ['client-key', 'client-certificate'],
  ] as const) {
    if (options.text(given) !== undefined && options.text(other) === undefined) problems.push(`--${given} needs --${other}`)
  }
  const tokenFile = options.text('token-file') ?? (inCluster ? `${accountDirectory}/token` : undefined)
  read('token-file', tokenFile)
  if (problems.length > 0) return err(problems.join('\n'))
  return ok({
    server,
    certificateAuthority: authority,
    ...(certificate === '' ? {} : { clientCertificate: certificate, clientKey: key }),
    ...(tokenFile === undefined ? {} : { token: () => read('token-file', tokenFile).trim() }),
  })
}

async function runAdmission(_: readonly string[], options: Options, host: Host): Promise<ExitStatus> {
  const cluster = clusterOf(options, host)
  const problems = cluster.ok ? [] : [cluster.error]
  const port = Number(options.text('port'))
  if (!Number.isInteger(port) || port < 0 || port > 65_535)
    problems.push(`--port: expected a number from 0 to 65535, not \`${options.text('port') ?? ''}\``)
  const lifetime = options.text('external-data-provider-response-cache-ttl') ?? ''
  const kept = parseDuration(lifetime)
  if (kept === undefined || kept < 0n)
    problems.push(`--external-data-provider-response-cache-ttl: expected a duration such as 3m or 90s, not \`${lifetime}\``)
  if (!cluster.ok || problems.length > 0) {
    host.err(`${problems.join('\n')}\n`)
    return exit.unusable
  }
  const tools = await host.loadCluster()
  const started = await tools.startAdmission({
    cluster: cluster.value,
    host: options.text('host') ?? '',
    port,
    namespace: options.text('namespace') ?? '',
    reach: options.on('by-url') ? { kind: 'url' } : { kind: 'service', name: options.text('service') ?? '' },
    installDefinitions: options.on('install-definitions'),
    traceEndpoint: options.text('trace-endpoint'),
    externalDataMilliseconds: Number(kept) / 1e6,
    dialectOptions: dialectOptions(options),
    verbose: options.on('verbose'),
    // A log is read while it is written.
    write: (text) => {
      host.out(text)
      host.flush()
    },
  })
  if (!started.ok) {
    host.err(`${started.error}\n`)
    return exit.unusable
  }
  host.flush()
  await host.untilStopped()
  await started.value.stop({ remove: !options.on('keep-webhooks') })
  return exit.clean
}
