import type { Json } from '../../core/json.ts'
import { lineAndColumn, lineAt } from '../../core/source.ts'
import { memoryFacts } from '../../cluster/memory-facts.ts'
import { compileManifests } from '../../engine/engine.ts'
import { withFacts } from '../../engine/facts.ts'
import { requestFor } from '../../engine/request.ts'
import { nameOf, namespaceOf } from '../../kube/object.ts'
import type { KubeObject } from '../../kube/object.ts'
import { inNamespace } from '../../kube/resources.ts'
import { kindOf } from '../../policy/dialect.ts'
import type { ExplainedOutcome, ExplainedRule, ExplainedStep } from '../../policy/explain.ts'
import type { Facts } from '../../policy/facts.ts'
import type { CompiledPolicy, RuleResult } from '../../policy/policy.ts'
import { policyKey } from '../../policy/policy.ts'
import type { Operation, PolicyRequest } from '../../policy/request.ts'
import { operations } from '../../policy/request.ts'
import type { Command, Options } from '../command.ts'
import type { ExitStatus, Host } from '../host.ts'
import { dialectFlags, hostWith } from '../dialect-flags.ts'
import { exit } from '../host.ts'
import { inputFlags, readInputs } from '../inputs.ts'
import { loadPaths } from '../load.ts'
import { problemsOf } from '../problems.ts'
import type { Paint } from '../show.ts'
import { painter, printable, showDiagnostics } from '../show.ts'

export const explain: Command = {
  name: 'explain',
  usage: 'POLICY... -r RESOURCE...',
  summary: 'Show the way that policies take with resources, and where it ends',
  details:
    'For each policy and resource: which filter matched or why none did, the values of variables, each condition with its values, the place where a pattern failed. ' +
    'For a constraint of Gatekeeper: its match criteria, then each rule of the template, expression by expression, down into the functions it calls: what is true, false or undefined, ' +
    'with which values, and where it is written. For a mutator: what it applies to, where its location leads, the tests of its path, and what it changes.\n\n' +
    'Each resource is shown as it is written, before mutations. For modules of Rego there is `kanon rego eval --explain`.\n\n' +
    'Exit status: 0 explained, 2 something could not be read or compiled.',
  flags: [
    { name: 'resource', shorthand: 'r', argument: 'path', many: true, doc: 'resources to explain' },
    { name: 'exception', shorthand: 'e', argument: 'path', many: true, doc: 'policy exceptions' },
    ...inputFlags,
    { name: 'policy', argument: 'name', doc: 'only the policy of this name' },
    { name: 'rule', argument: 'name', doc: 'only rules of this name' },
    { name: 'operation', argument: 'operation', choices: [...operations], default: 'CREATE', doc: 'what is done to the resources' },
    { name: 'output', shorthand: 'o', argument: 'format', choices: ['text', 'json'], default: 'text', doc: 'how to print' },
    ...dialectFlags,
  ],
  run: (args, options, host) => runExplain(args, options, hostWith(options, host)),
}

async function runExplain(paths: readonly string[], options: Options, host: Host): Promise<ExitStatus> {
  const resourcePaths = options.list('resource')
  if (paths.length === 0 || resourcePaths.length === 0) {
    host.err('expected policies and resources: kanon explain policy.yaml -r pod.yaml\nrun `kanon explain --help` for what it takes\n')
    return exit.unusable
  }
  const policies = await loadPaths(paths, host)
  const resources = await loadPaths(resourcePaths, host)
  const exceptions = await loadPaths(options.list('exception'), host)
  const known = [...policies.manifests, ...exceptions.manifests].filter(({ object }) => kindOf(host.dialects, object) !== undefined)
  const compilation = compileManifests(host.dialects, known)
  const problems = problemsOf(known, host.dialects, compilation).filter(({ severity }) => severity === 'error')
  const inputs = await readInputs(options, host)
  const unusable = showDiagnostics(
    [policies, resources, exceptions, inputs].flatMap(({ diagnostics }) => diagnostics).concat(problems),
    host,
  )
  const wanted = compilation.policies.filter(({ name }) => (options.text('policy') ?? name) === name)
  if (wanted.length === 0) {
    host.err('no policy to explain\n')
    return exit.unusable
  }
  const objects = resources.manifests.map(({ object }) => inNamespace(object))
  const source = memoryFacts({ objects, ...(inputs.values === undefined ? {} : { namespaceLabels: inputs.values.namespaceLabels }) })
  const operation = operations.find((each): each is Operation => each === options.text('operation')) ?? 'CREATE'
  const explained: Explained[] = []
  for (const object of objects) {
    const given = inputs.values?.given(object)
    const request = requestFor(object, {
      now: host.now(),
      operation,
      ...(inputs.requester === undefined ? {} : { requester: inputs.requester }),
      ...(given === undefined ? {} : { given }),
    })
    for (const policy of wanted) {
      const rules = await withFacts((facts) => rulesOf(policy, request, facts), source)
      explained.push({ policy, object, rules: rules.filter((rule) => isWanted(rule, policy, options)) })
    }
  }
  host.out(
    options.text('output') === 'json'
      ? `${JSON.stringify(explained.map(toJson), null, 2)}\n`
      : explained.map((each) => print(each, painter(host.color))).join('\n'),
  )
  return unusable ? exit.unusable : exit.clean
}

/** Rules that the engine has made of others are left out where they do not apply. */
function isWanted({ rule, applies }: ExplainedRule, policy: CompiledPolicy, options: Options): boolean {
  const name = options.text('rule')
  if (name !== undefined) return name === rule
  return applies || policy.rules.find((each) => each.name === rule)?.derived !== true
}

interface Explained {
  readonly policy: CompiledPolicy
  readonly object: KubeObject
  readonly rules: readonly ExplainedRule[]
}

const outcomes: Readonly<Record<RuleResult, ExplainedOutcome>> = {
  pass: 'holds',
  fail: 'fails',
  warn: 'fails',
  error: 'error',
  skip: 'not-reached',
}

/** As the policy explains itself, or else what it says. */
function rulesOf(policy: CompiledPolicy, request: PolicyRequest, facts: Facts): readonly ExplainedRule[] {
  if (policy.explain !== undefined) return policy.explain(request, facts)
  return [...policy.effects].flatMap((effect) =>
    policy.evaluate(effect, request, facts).rules.map(({ rule, result, message }): ExplainedRule => ({
      rule,
      applies: true,
      text: rule === '' ? policy.name : `rule ${rule}`,
      outcome: outcomes[result],
      detail: `${result}: ${message}`,
      values: [],
      children: [],
    })),
  )
}

// --- printing

const marks: Readonly<Record<ExplainedOutcome, string>> = { holds: '✓', fails: '✗', error: '!', 'not-reached': '–', note: '·' }
const tones = { holds: 'green', fails: 'red', error: 'red', 'not-reached': 'yellow', note: 'dim' } as const
const longestValue = 200

function print({ policy, object, rules }: Explained, paint: Paint): string {
  const namespace = namespaceOf(object)
  const title = `${policy.kind} ${policyKey(policy)}: ${object.kind} ${namespace === '' ? '' : `${namespace}/`}${nameOf(object)}`
  const lines = rules.flatMap((rule) => linesOf(rule, 1, paint))
  return `${paint('bold', printable(title))}\n${lines.length === 0 ? '  nothing to say\n' : lines.map((line) => `${line}\n`).join('')}`
}

function linesOf(step: ExplainedStep, depth: number, paint: Paint, above = ''): readonly string[] {
  const margin = '  '.repeat(depth)
  const { text, outcome, detail, values, children, place } = step
  const where = place === undefined ? '' : paint('dim', `  ${place.source.name}:${lineAndColumn(place.source, place.span.start).line}`)
  const said = detail === undefined ? '' : `: ${printable(detail)}`
  const line = writtenLine(step)
  // Lines that say no more than what stands here already are left out.
  const isEnd = children.length === 0 && (outcome === 'fails' || outcome === 'error') && !text.includes(line.replace(/\s*\{$/, ''))
  const isNews = line !== above || !line.includes(text)
  return [
    `${margin}${paint(tones[outcome], marks[outcome])} ${printable(text)}${said}${where}`,
    ...(isEnd && isNews ? excerpt(step, line, `${margin}    `, paint) : []),
    ...values.map(({ name, value }) => `${margin}    ${printable(name)} = ${value === undefined ? 'undefined' : short(value)}`),
    ...children.flatMap((child) => linesOf(child, depth + 1, paint, line)),
  ]
}

/** What is written there; '' where nothing is. */
function writtenLine({ place }: ExplainedStep): string {
  if (place === undefined || place.source.text === '') return ''
  return lineAt(place.source, lineAndColumn(place.source, place.span.start).line).text.trim()
}

function excerpt({ place }: ExplainedStep, written: string, margin: string, paint: Paint): readonly string[] {
  if (place === undefined || place.source.text === '') return []
  const { line } = lineAndColumn(place.source, place.span.start)
  return [paint('dim', `${margin}${line} | ${printable(written)}`)]
}

function short(value: Json): string {
  const text = printable(JSON.stringify(value))
  return text.length <= longestValue ? text : `${text.slice(0, longestValue - 1)}…`
}

function toJson({ policy, object, rules }: Explained): Json {
  return {
    policy: policyKey(policy),
    kind: policy.kind,
    resource: { kind: object.kind, namespace: namespaceOf(object), name: nameOf(object) },
    rules: rules.map(stepJson),
  }
}

function stepJson({ text, outcome, detail, place, values, children }: ExplainedStep): Json {
  const at = place === undefined ? undefined : lineAndColumn(place.source, place.span.start)
  return {
    text,
    outcome,
    ...(detail === undefined ? {} : { detail }),
    ...(place === undefined || at === undefined ? {} : { place: { file: place.source.name, line: at.line, column: at.column } }),
    ...(values.length === 0 ? {} : { values: values.map(({ name, value }) => (value === undefined ? { name } : { name, value })) }),
    ...(children.length === 0 ? {} : { children: children.map(stepJson) }),
  }
}
