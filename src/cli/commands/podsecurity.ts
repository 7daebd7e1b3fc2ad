import { addressInKubeconfig } from '../../cluster/kubeconfig.ts'
import { createKubeClient } from '../../cluster/kube-client.ts'
import { listObjects } from '../../cluster/list-objects.ts'
import type { Result } from '../../core/result.ts'
import { err, ok } from '../../core/result.ts'
import type { Manifest } from '../../kube/manifest.ts'
import type { KubeObject } from '../../kube/object.ts'
import type { PodSecurityGroup, PodSecurityLevel, SimulatedLevel, SimulatedNamespace } from '../../policy/pod-security.ts'
import type { Command, Options } from '../command.ts'
import type { ExitStatus, Host } from '../host.ts'
import { exit } from '../host.ts'
import { loadPaths } from '../load.ts'
import { podSecurityConfiguration } from '../pod-security-policies.ts'
import type { Paint } from '../show.ts'
import { painter, printable, showDiagnostics, table } from '../show.ts'

const simulate: Command = {
  name: 'simulate',
  usage: '[RESOURCES...]',
  summary: 'Show for every namespace what enforcing each level of the Pod Security Standards would break',
  details:
    'RESOURCES are files, folders, globs, or - for standard input; without them the cluster of KUBECONFIG is asked. Nothing is written. Pods are grouped as Kubernetes groups them in its warnings; what makes Pods and is made by nobody (Deployments, CronJobs) is listed too.\n\nExit status: 0 answered, 1 answered, but labels or Pods were found that Kubernetes would refuse, 2 something could not be read, or a namespace was not found.',
  flags: [
    {
      name: 'level',
      argument: 'level[@version]',
      many: true,
      doc: 'only this level: privileged, baseline or restricted, and @v1.x for other than the latest version (default: baseline and restricted)',
    },
    { name: 'namespace', shorthand: 'n', argument: 'name', many: true, doc: 'only this namespace' },
    {
      name: 'pod-security-config',
      argument: 'file',
      doc: 'the AdmissionConfiguration or PodSecurityConfiguration of the API server: who is exempt',
    },
    { name: 'context', argument: 'name', doc: 'the context of the kubeconfig (default: the current one)' },
    { name: 'kubeconfig', argument: 'file', doc: 'the kubeconfig (default: KUBECONFIG, or ~/.kube/config)' },
    { name: 'output', shorthand: 'o', argument: 'format', choices: ['text', 'json'], default: 'text', doc: 'how to print the answer' },
  ],
  run: runSimulate,
}

export const podsecurity: Command = {
  name: 'podsecurity',
  usage: 'simulate',
  summary: 'Work with the Pod Security Standards',
  flags: [],
  subcommands: [simulate],
  run: (_, __, host) => {
    host.err('expected one of simulate\nrun `kanon podsecurity --help` for what it takes\n')
    return Promise.resolve(exit.unusable)
  },
}

async function runSimulate(paths: readonly string[], options: Options, host: Host): Promise<ExitStatus> {
  const levels = readLevels(options.list('level'), host)
  if (!levels.ok) return unusable(host, levels.error)
  const configuration = readConfiguration(options.text('pod-security-config'), host)
  if (!configuration.ok) return configuration.error
  const objects = paths.length > 0 ? await objectsOfFiles(paths, host) : await objectsOfCluster(options, host)
  if (!objects.ok) return unusable(host, objects.error)
  const wanted = options.list('namespace')
  const all = host.podSecurity?.simulate({ objects: objects.value, levels: levels.value, configuration: configuration.value }) ?? []
  const namespaces = all.filter(({ name }) => wanted.length === 0 || wanted.includes(name))
  const missing = wanted.filter((one) => !all.some(({ name }) => name === one))
  for (const name of missing) host.err(`no namespace \`${name}\` was found\n`)
  host.out(options.text('output') === 'json' ? `${JSON.stringify(namespaces, undefined, 2)}\n` : textOf(namespaces, painter(host.color)))
  if (missing.length > 0) return exit.unusable
  return namespaces.some(({ problems }) => problems.length > 0) ? exit.violations : exit.clean
}

function unusable(host: Host, error: string): ExitStatus {
  if (error !== '') host.err(`${error}\nrun \`kanon podsecurity simulate --help\` for what it takes\n`)
  return exit.unusable
}

function readLevels(texts: readonly string[], { podSecurity }: Host): Result<readonly PodSecurityLevel[], string> {
  const levels: PodSecurityLevel[] = []
  for (const text of texts.length > 0 ? texts : ['baseline', 'restricted']) {
    const level = podSecurity?.parseLevel(text) ?? err('Pod Security is not known here')
    if (!level.ok) return err(`--level: ${level.error}`)
    levels.push(level.value)
  }
  return ok(levels)
}

function readConfiguration(file: string | undefined, host: Host): Result<Manifest | undefined, ExitStatus> {
  if (file === undefined) return ok(undefined)
  const configuration = podSecurityConfiguration(file, host)
  if (configuration.ok) return configuration
  const { error } = configuration
  if (typeof error === 'string') return err(unusable(host, error))
  showDiagnostics(error, host)
  return err(exit.unusable)
}

/** The error '' has been shown already. */
async function objectsOfFiles(paths: readonly string[], host: Host): Promise<Result<readonly KubeObject[], string>> {
  const { manifests, diagnostics } = await loadPaths(paths, host)
  return showDiagnostics(diagnostics, host) ? err('') : ok(manifests.map(({ object }) => object))
}

const listed = [
  ['v1', 'Namespace'],
  ['v1', 'Pod'],
  ['v1', 'ReplicationController'],
  ['v1', 'PodTemplate'],
  ['apps/v1', 'ReplicaSet'],
  ['apps/v1', 'Deployment'],
  ['apps/v1', 'StatefulSet'],
  ['apps/v1', 'DaemonSet'],
  ['batch/v1', 'Job'],
  ['batch/v1', 'CronJob'],
] as const

/** Without these there is nothing to say. */
const needed: ReadonlySet<string> = new Set(['Namespace', 'Pod'])
/** The user may not list a kind, or the cluster does not have it. */
const unlisted: ReadonlySet<number> = new Set([401, 403, 404])

async function objectsOfCluster(options: Options, host: Host): Promise<Result<readonly KubeObject[], string>> {
  const given = options.text('kubeconfig')
  const address = addressInKubeconfig(given === undefined ? host.kubeconfigFiles : [given], options.text('context') ?? '', host.cwd)
  if (!address.ok)
    return err(`${address.error}; give resources, or pipe them: kubectl get ns,pods -A -o yaml | kanon podsecurity simulate -`)
  const client = createKubeClient(address.value, `kanon/${host.version}`)
  const lists = await Promise.all(
    listed.map(([apiVersion, kind]) => listObjects(client, { apiVersion, kind, plural: `${kind.toLowerCase()}s` })),
  )
  client.close()
  const objects: KubeObject[] = []
  for (const [index, list] of lists.entries()) {
    const kind = listed[index]?.[1] ?? ''
    if (list.ok) for (const object of list.value) objects.push(object)
    else if (needed.has(kind) || !unlisted.has(list.error.code ?? 0))
      return err(`the cluster did not answer: ${list.error.message ?? 'it did not say why'}`)
    else host.err(`${kind}s are not looked at: ${list.error.message ?? ''}\n`)
  }
  return ok(objects)
}

const count = (n: number, what: string): string => `${n} ${what}${n === 1 ? '' : 's'}`
const sum = (groups: readonly PodSecurityGroup[]): number => groups.reduce((total, group) => total + group.count, 0)

function textOf(namespaces: readonly SimulatedNamespace[], paint: Paint): string {
  if (namespaces.length === 0) return 'no namespaces, Pods or workloads were found\n'
  const details = namespaces.map((namespace) => detailsOf(namespace, paint)).filter((text) => text !== '')
  const [first] = namespaces
  const header = ['NAMESPACE', 'PODS', 'WORKLOADS', 'ENFORCES', ...(first?.levels ?? []).map(({ level }) => level.toUpperCase())]
  const rows = namespaces.map(({ name, pods, workloads, unjudged, enforces, exempt, levels }) => [
    printable(name),
    String(pods),
    String(workloads),
    exempt ? 'exempt' : enforces,
    ...levels.map((level) => (exempt ? '-' : brokenBy(level, unjudged))),
  ])
  return `${details.join('')}${table(header, rows, paint)}\n`
}

function brokenBy({ pods, workloads }: SimulatedLevel, unjudged: number): string {
  const parts = [count(sum(pods), 'pod'), count(sum(workloads), 'workload'), `${unjudged} not judged`].filter(
    (text) => !text.startsWith('0 '),
  )
  return parts.length === 0 ? 'ok' : parts.join(', ')
}

function detailsOf({ name: written, exempt, problems, levels }: SimulatedNamespace, paint: Paint): string {
  const name = printable(written)
  const lines = problems.map((problem) => `${paint('red', 'problem')}: ${printable(problem)}\n`)
  for (const { level, pods, workloads } of exempt ? [] : levels) {
    if (pods.length > 0) lines.push(`existing pods in namespace "${name}" violate the new PodSecurity enforce level "${level}"\n`)
    lines.push(...pods.map(({ text }) => `  ${printable(text)}\n`))
    if (workloads.length > 0) lines.push(`workloads in namespace "${name}" would make pods that violate "${level}"\n`)
    lines.push(...workloads.map(({ text }) => `  ${printable(text)}\n`))
  }
  return lines.length === 0 ? '' : `${paint('bold', `namespace ${name}`)}\n${lines.join('')}\n`
}
