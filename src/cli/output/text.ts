import { nameOf, namespaceOf } from '../../kube/object.ts'
import { printYaml } from '../../kube/yaml/yaml.ts'
import type { CompiledPolicy, PolicyOutcome } from '../../policy/policy.ts'
import { policyKey } from '../../policy/policy.ts'
import type { Host } from '../host.ts'
import { excerptOf, placeIn } from '../places.ts'
import type { Paint } from '../show.ts'
import { painter } from '../show.ts'
import type { Counts, Result, Subject } from './result.ts'
import { isProblem, placeOfResult } from './result.ts'

export interface TextOptions {
  readonly host: Host
  readonly color: boolean
  readonly detailed: boolean
}

/** What people read, in the form of `kyverno apply`, written as it comes. After each violation: where it is in the user's file. */
export interface TextOutput {
  readonly start: (policies: readonly CompiledPolicy[], resources: number) => void
  readonly policy: (outcome: PolicyOutcome, results: readonly Result[], subject: Subject) => void
  readonly end: (counts: Counts) => void
}

/** The lines of the first violations are shown; of more, where they are. */
const mostExcerpts = 20

export function textOutput({ host, color, detailed }: TextOptions): TextOutput {
  const paint = painter(color)
  let excerpts = detailed ? Number.POSITIVE_INFINITY : mostExcerpts
  return {
    start: (policies, resources) => {
      const rules = policies.reduce((count, policy) => count + policy.rules.length, 0)
      host.out(`\nApplying ${rules} policy rule(s) to ${resources} resource(s)...\n`)
    },
    policy: (outcome, results, subject) => {
      const shown = results.filter((result) => detailed || isProblem(result))
      if (shown.length > 0) {
        host.out(heading(outcome, shown, subject, paint))
        for (const [index, result] of shown.entries()) {
          const withExcerpt = isProblem(result) && excerpts > 0
          if (withExcerpt) excerpts -= 1
          host.out(resultLines(index + 1, result, withExcerpt, paint))
        }
      }
      host.out(changes(outcome, subject))
    },
    end: ({ pass, fail, warn, error, skip }) => host.out(`\npass: ${pass}, fail: ${fail}, warn: ${warn}, error: ${error}, skip: ${skip}\n`),
  }
}

const describe = ({ object }: Subject): string => `${namespaceOf(object)}/${object.kind}/${nameOf(object)}`

function heading({ policy }: PolicyOutcome, shown: readonly Result[], subject: Subject, paint: Paint): string {
  const failed = shown.some(({ result }) => result === 'fail' || result === 'error')
  const word = failed ? paint('red', 'failed') : shown.some(({ result }) => result === 'warn') ? paint('yellow', 'warned') : 'applied'
  return `policy ${paint('bold', policyKey(policy))} -> resource ${paint('bold', describe(subject))} ${word}:\n`
}

function resultLines(number: number, result: Result, withExcerpt: boolean, paint: Paint): string {
  const { outcome } = result
  const word = isProblem(result) ? '' : `${paint(result.result === 'pass' ? 'green' : 'cyan', result.result)} `
  const text = `${number} - ${word}${outcome.rule} ${outcome.message}\n`
  if (!isProblem(result)) return text
  const path = outcome.at[0] ?? ['metadata', 'name']
  const place = placeOfResult(result, placeIn)
  if (place === undefined) return text
  const where = `    ${paint('dim', '-->')} ${paint('cyan', `${place.file}:${place.line}:${place.column}`)}\n`
  return text + where + (withExcerpt ? (excerptOf(result.subject, path) ?? '') : '')
}

/** Mutated and generated objects, as YAML. */
function changes({ policy, rules, object }: PolicyOutcome, subject: Subject): string {
  const parts: string[] = []
  if (object !== undefined) parts.push(`\npolicy ${policyKey(policy)} applied to ${describe(subject)}:\n${printYaml(object)}---\n`)
  for (const { targets = [], generated = [] } of rules) {
    for (const { before, after } of targets) {
      if (before !== after)
        parts.push(
          `\npolicy ${policyKey(policy)} applied to ${describe({ object: after, document: undefined })}:\n${printYaml(after)}---\n`,
        )
    }
    for (const made of generated)
      parts.push(`\npolicy ${policyKey(policy)} generates ${describe({ object: made, document: undefined })}:\n${printYaml(made)}---\n`)
  }
  return parts.join('')
}
