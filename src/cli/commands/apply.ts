import type { Diagnostic } from '../../core/diagnostic.ts'
import { nearest } from '../../core/nearest.ts'
import { memoryFacts } from '../../cluster/memory-facts.ts'
import type { MemoryFacts } from '../../cluster/memory-facts.ts'
import type { Engine } from '../../engine/engine.ts'
import { createEngine } from '../../engine/engine.ts'
import { requestFor } from '../../engine/request.ts'
import { inNamespace } from '../../kube/resources.ts'
import type { Manifest } from '../../kube/manifest.ts'
import { nameOf } from '../../kube/object.ts'
import type { RequestInputs } from '../../policy/dialect.ts'
import { kindOf } from '../../policy/dialect.ts'

import type { Operation, Requester } from '../../policy/request.ts'
import { operations } from '../../policy/request.ts'
import type { Command, Options } from '../command.ts'
import type { ExitStatus, Host } from '../host.ts'
import { dialectFlags, hostWith } from '../dialect-flags.ts'
import { exit } from '../host.ts'
import { inputFlags, readInputs } from '../inputs.ts'
import { loadPaths } from '../load.ts'
import { formats } from '../output/formats.ts'
import type { Report, Result, Subject } from '../output/result.ts'
import { textOutput } from '../output/text.ts'
import { placeIn } from '../places.ts'
import { asksForPodSecurity, podSecurityFlags, podSecurityPolicies } from '../pod-security-policies.ts'
import { problemsOf } from '../problems.ts'
import { progress, showDiagnostics } from '../show.ts'
import { Tally } from '../tally.ts'

const outputs = ['text', ...Object.keys(formats)]

export const apply: Command = {
  name: 'apply',
  usage: '[POLICY...] -r RESOURCE...',
  summary: 'Evaluate policies against resources and report what they say',
  details:
    'POLICY and RESOURCE are files, folders, globs, or - for standard input. Namespaces among the resources supply the labels that policies ask for, and all resources are what policies see of a cluster.\n\nExit status: 0 nothing violated, 1 violations or errors, 2 something could not be read or compiled.',
  flags: [
    { name: 'resource', shorthand: 'r', argument: 'path', many: true, doc: 'resources to evaluate' },
    { name: 'resources', argument: 'path', many: true, doc: 'the same as --resource' },
    { name: 'stdin', shorthand: 'i', doc: 'read resources from standard input' },
    { name: 'target-resource', argument: 'path', many: true, doc: 'existing resources that mutate rules may patch' },
    { name: 'target-resources', argument: 'path', many: true, doc: 'the same as --target-resource' },
    { name: 'exception', shorthand: 'e', argument: 'path', many: true, doc: 'policy exceptions' },
    { name: 'exceptions', argument: 'path', many: true, doc: 'the same as --exception' },
    { name: 'exceptions-with-resources', doc: 'take policy exceptions found among the resources' },
    ...inputFlags,
    ...podSecurityFlags,
    { name: 'namespace', shorthand: 'n', argument: 'name', doc: 'evaluate only resources of this namespace' },
    { name: 'output', shorthand: 'o', argument: 'format', choices: outputs, default: 'text', doc: 'how to print the results' },
    { name: 'policy-report', shorthand: 'p', doc: 'the same as --output policyreport' },
    { name: 'table', shorthand: 't', doc: 'the same as --output table' },
    { name: 'detailed-results', doc: 'show passed and skipped rules too, with the lines of the violations' },
    { name: 'audit-warn', doc: 'count failures of policies that only audit as warnings' },
    { name: 'warn-exit-code', argument: 'status', default: '0', doc: 'exit status when there are warnings and nothing worse' },
    { name: 'warn-no-pass', doc: 'use --warn-exit-code when no rule passed' },
    { name: 'remove-color', doc: 'print without colours' },
    { name: 'continue-on-fail', doc: 'accepted; evaluation always goes on after a failure' },
    ...dialectFlags,
  ],
  run: (args, options, host) => applyCommand(args, options, hostWith(options, host)),
}

/** What evaluation needs, read and compiled. */
interface Setting {
  readonly engine: Engine
  readonly subjects: readonly Subject[]
  readonly source: MemoryFacts
  readonly inputs: RequestInputs | undefined
  readonly requester: Requester | undefined
}

async function applyCommand(args: readonly string[], options: Options, host: Host): Promise<ExitStatus> {
  if (args.length === 0 && !asksForPodSecurity(options)) return misuse(host, 'expected policies: files, folders, globs or -')
  const resources = [...options.list('resource'), ...options.list('resources'), ...(options.on('stdin') ? ['-'] : [])]
  if (resources.length === 0) return misuse(host, 'expected resources to evaluate: give them with -r, or --stdin')
  const warnStatus = Number(options.text('warn-exit-code'))
  if (!Number.isInteger(warnStatus)) return misuse(host, 'expected a number after --warn-exit-code')
  const standards = podSecurityPolicies(options, host)
  if (!standards.ok) {
    const { error } = standards
    if (typeof error === 'string') return misuse(host, error)
    showDiagnostics(error, host, host.color && !options.on('remove-color'))
    return exit.unusable
  }
  const { setting, unusable } = await prepare({ policyPaths: args, resourcePaths: resources, standards: standards.value }, options, host)
  if (setting === undefined) return exit.unusable
  const { counts, isMatched } = await evaluate(setting, options, host)
  if (unusable) return exit.unusable
  if (counts.fail > 0 || counts.error > 0) return exit.violations
  if (counts.warn > 0 || (options.on('warn-no-pass') && (counts.pass === 0 || !isMatched))) return warnStatus
  return exit.clean
}

function misuse(host: Host, message: string): ExitStatus {
  host.err(`${message}\nrun \`kanon apply --help\` for what it takes\n`)
  return exit.unusable
}

interface Wanted {
  readonly policyPaths: readonly string[]
  readonly resourcePaths: readonly string[]
  /** Policies that flags stand for. */
  readonly standards: readonly Manifest[]
}

async function prepare(
  { policyPaths, resourcePaths, standards }: Wanted,
  options: Options,
  host: Host,
): Promise<{ readonly setting: Setting | undefined; readonly unusable: boolean }> {
  const color = host.color && !options.on('remove-color')
  const policies = await loadPaths(policyPaths, host)
  const resources = await loadPaths(resourcePaths, host)
  const exceptions = await loadPaths([...options.list('exception'), ...options.list('exceptions')], host)
  const targets = await loadPaths([...options.list('target-resource'), ...options.list('target-resources')], host)
  const diagnostics: Diagnostic[] = [policies, resources, exceptions, targets].flatMap((loaded) => loaded.diagnostics)
  const isKnown = (manifest: Manifest): boolean => kindOf(host.dialects, manifest.object) !== undefined
  const companions = options.on('exceptions-with-resources')
    ? resources.manifests.filter((manifest) => kindOf(host.dialects, manifest.object)?.role === 'companion')
    : []
  const known = [...policies.manifests.filter(isKnown), ...standards, ...exceptions.manifests.filter(isKnown), ...companions]
  const engine = createEngine(host.dialects, known)
  // What a policy's author should know is for `kanon lint`; here only what keeps a policy from meaning what it says.
  diagnostics.push(
    ...problemsOf(known, host.dialects, engine.compilation).filter(({ severity }) => severity === 'error'),
    ...noPolicies(policies.manifests, host),
  )
  diagnostics.push(...[...policies.others, ...resources.others].map(notAnObject))
  const inputs = await readInputs(options, host)
  diagnostics.push(...inputs.diagnostics)
  const unusable = showDiagnostics(diagnostics, host, color)
  const ignored = describeIgnored(policies.manifests.filter((manifest) => !isKnown(manifest)))
  if (ignored !== '' && engine.compilation.policies.length > 0) host.err(`ignored among the policies: ${ignored}\n`)
  if (resources.manifests.length > 0 && resources.manifests.every(isKnown))
    host.err('the resources are all policies: there is nothing to evaluate\n')
  const namespace = options.text('namespace')
  const subjects = resources.manifests
    .filter((manifest) => !isKnown(manifest))
    .map(({ object, document }): Subject => ({ object: inNamespace(object), document }))
    .filter(({ object }) => namespace === undefined || requestFor(object, { now: host.now() }).namespace === namespace)
  const objects = [...subjects.map(({ object }) => object), ...targets.manifests.map(({ object }) => inNamespace(object))]
  const source = memoryFacts({ objects, ...(inputs.values === undefined ? {} : { namespaceLabels: inputs.values.namespaceLabels }) })
  const setting =
    engine.compilation.policies.length === 0 && unusable
      ? undefined
      : { engine, subjects, source, inputs: inputs.values, requester: inputs.requester }
  return { setting, unusable }
}

const notAnObject = ({
  source,
  start,
  end,
}: {
  readonly source: Diagnostic['source']
  readonly start: number
  readonly end: number
}): Diagnostic => ({
  code: 'not-an-object',
  severity: 'error',
  message: 'expected a Kubernetes object with `apiVersion` and `kind`',
  source,
  span: { start, end: Math.min(end, start + 1) },
})

/** A kind that is nearly one of ours is most likely misspelt; anything else is most likely a resource. */
function policyKindHelp(kind: string, host: Host): string {
  const close = nearest(
    kind,
    host.dialects.flatMap((dialect) => dialect.kinds.map((known) => known.kind)),
  )
  return close === undefined
    ? 'resources are given with -r'
    : close === kind
      ? 'the apiVersion is not one that is known for it'
      : `did you mean \`${close}\`?`
}

/** Policy paths in which nothing is a policy: most likely the arguments were mixed up. */
function noPolicies(manifests: readonly Manifest[], host: Host): readonly Diagnostic[] {
  if (manifests.length === 0 || manifests.some(({ object }) => kindOf(host.dialects, object) !== undefined)) return []
  return manifests.slice(0, 5).map(({ object, document }) => ({
    code: 'not-a-policy',
    severity: 'error',
    message: `expected a policy, found ${object.kind} \`${nameOf(object)}\` of ${object.apiVersion}`,
    source: document.source,
    span: { start: document.start, end: document.start + 1 },
    help: policyKindHelp(object.kind, host),
  }))
}

/** Kinds and how many, so that nobody believes a policy ran that did not. */
function describeIgnored(manifests: readonly Manifest[]): string {
  const kinds = Map.groupBy(manifests, ({ object }) => `${object.kind} of ${object.apiVersion}`)
  return [...kinds].map(([kind, { length }]) => (length === 1 ? kind : `${kind} (${length})`)).join(', ')
}

async function evaluate(
  setting: Setting,
  options: Options,
  host: Host,
): Promise<{ readonly counts: Report['counts']; readonly isMatched: boolean }> {
  const { engine, subjects, source } = setting
  const format = options.on('table') ? 'table' : options.on('policy-report') ? 'policyreport' : (options.text('output') ?? 'text')
  const render = formats[format]
  const text = textOutput({ host, color: host.color && !options.on('remove-color'), detailed: options.on('detailed-results') })
  if (render === undefined) text.start(engine.compilation.policies, subjects.length)
  const tally = new Tally(options.on('audit-warn'))
  const kept: Result[] = []
  const bar = progress(host, subjects.length, 'resources')
  for (const [index, subject] of subjects.entries()) {
    const request = requestOf(subject, setting, host)
    const decision = engine.decideNow(request, source.answer) ?? (await engine.decide(request, source))
    for (const outcome of decision.outcomes) {
      const results = outcome.rules.map((rule): Result => ({
        policy: outcome.policy,
        outcome: rule,
        result: tally.count(outcome.policy, rule),
        subject,
      }))
      if (render === undefined) text.policy(outcome, results, subject)
      else for (const result of results) kept.push(result)
    }
    bar.step(index + 1)
  }
  bar.end()
  if (render === undefined) text.end(tally.counts)
  else host.out(render({ results: kept, counts: tally.counts, placeOf: placeIn, now: host.now(), version: host.version }))
  return { counts: tally.counts, isMatched: tally.total > 0 }
}

function requestOf(subject: Subject, { inputs, requester }: Setting, host: Host): ReturnType<typeof requestFor> {
  const given = inputs?.given(subject.object)
  const wanted = given?.variables('', '')['request.operation']
  const operation: Operation | undefined = operations.find((candidate) => candidate === wanted)
  return requestFor(subject.object, {
    now: host.now(),
    ...(operation === undefined ? {} : { operation }),
    ...(requester === undefined ? {} : { requester }),
    ...(given === undefined ? {} : { given }),
  })
}
