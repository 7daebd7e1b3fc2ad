import type { Result } from '../../../core/result.ts'
import { err, ok } from '../../../core/result.ts'
import type { Manifest } from '../../../kube/manifest.ts'
import type { KubeObject } from '../../../kube/object.ts'
import { nameOf } from '../../../kube/object.ts'
import type { GatorClient, GatorInput, GatorOptions, GatorReview } from '../../../policy/gator.ts'
import type { PolicyRequest } from '../../../policy/request.ts'
import { readConfiguration } from '../config.ts'
import { judgeOf, readConstraint } from '../constraint/constraint.ts'
import { createRequestExpander } from '../expansion/request.ts'
import { objectRequest } from '../test-suite/requests.ts'
import type { Template } from '../template/template.ts'
import { compileTemplate } from '../template/template.ts'
import { factsOf } from './facts.ts'
import { expansionsIn } from './expand.ts'
import { isConstraintObject, isTemplateObject, manifestOf, printObject } from './objects.ts'
import type { Reviewer } from './review.ts'
import { createReviewer, reviewerOf } from './review.ts'

/** No Config is heeded: everything is the inventory, and nothing is left out. */
const world = { configuration: readConfiguration([]), providers: new Map<never, never>(), numbers: 'floats' } as const

/** Templates by kind. The error begins with which of them is wrong. */
export function openTemplates(manifests: readonly Manifest[], native: boolean): Result<ReadonlyMap<string, Template>, string> {
  const templates = new Map<string, Template>()
  for (const manifest of manifests) {
    const template = readTemplate(manifest, native)
    if (!template.ok) return err(`adding template ${JSON.stringify(nameOf(manifest.object))}: ${template.error}`)
    templates.set(template.value.kind, template.value)
  }
  return ok(templates)
}

/** The error is upstream's alone. */
export function readTemplate(manifest: Manifest, native: boolean): Result<Template, string> {
  const template = compileTemplate(manifest)
  if (!template.ok) return err(template.error.map(({ message }) => message).join('; '))
  if (!native && 'unsupported' in template.value.program) return err(noDriver)
  return template
}

const noDriver =
  'no language driver is installed that handles this constraint template: available drivers: map[Rego:2], wanted "K8sNativeValidation"'

/** A constraint with the one who asks it. */
export interface OpenedConstraint {
  readonly object: KubeObject
  readonly reviewer: Reviewer
}

export function openConstraint(manifest: Manifest, templates: ReadonlyMap<string, Template>): Result<OpenedConstraint, string> {
  const { object } = manifest
  const template = templates.get(object.kind)
  if (template === undefined) return err(`missing ConstraintTemplate: template "${object.kind.toLowerCase()}" not found`)
  const constraint = readConstraint(manifest, template)
  if (!constraint.ok) return err(constraint.error.map(({ message }) => asFloats(message)).join('; '))
  return ok({ object: constraint.value.object, reviewer: reviewerOf(constraint.value, judgeOf(constraint.value, world)) })
}

/** What is read from files has no integers: a wrong one is a `number`. */
const asFloats = (message: string): string =>
  message.replaceAll(/Invalid value: "integer": (.*?): "integer"/g, 'Invalid value: "number": $1: "number"')

/** Loads what was read, in upstream's order: templates, constraints, data, expansions. */
export function openClient(inputs: readonly GatorInput[], { native, clock, now }: GatorOptions): Result<GatorClient, string> {
  const begun = clock()
  const templates = openTemplates(manifestsOf(inputs.filter(({ value }) => isTemplateObject(value))), native)
  if (!templates.ok) return templates
  const compiled = clock()
  const constraints = new Map<string, OpenedConstraint>()
  const defaulted = new Map<Manifest['document']['value'], KubeObject>()
  for (const manifest of manifestsOf(inputs.filter(({ value }) => isConstraintObject(value)))) {
    const { kind } = manifest.object
    const opened = openConstraint(manifest, templates.value)
    if (!opened.ok) return err(`adding constraint ${JSON.stringify(nameOf(manifest.object))}: ${opened.error}`)
    constraints.set(`${kind}/${nameOf(manifest.object)}`, opened.value)
    defaulted.set(manifest.object, opened.value.object)
  }
  const loaded = clock()
  const manifests: Manifest[] = []
  for (const input of inputs) {
    const manifest = manifestOf(input)
    if (!manifest.ok) return manifest
    manifests.push(manifest.value)
  }
  const objects = manifests.map(({ object }) => defaulted.get(object) ?? object)
  const expansions = expansionsIn(manifests)
  if (!expansions.ok) return err(`error creating expander: ${expansions.error}`)
  const data = objects.filter((object) => !isTemplateObject(object) && !isConstraintObject(object))
  const facts = factsOf(objects)
  const review = createReviewer(
    [...constraints.values()].map(({ reviewer }) => reviewer),
    {
      facts,
      expand: createRequestExpander(expansions.value.expander, expansions.value.mutations),
      clock,
    },
  )
  return ok({
    templates: templates.value.size,
    constraints: constraints.size,
    objects,
    data,
    setup: { templates: compiled - begun, constraints: loaded - compiled, data: clock() - loaded },
    review: (object) => reviewWith(review, object, now()),
  })
}

/** Those that lack a version or a kind are told of later. */
const manifestsOf = (inputs: readonly GatorInput[]): readonly Manifest[] =>
  inputs.flatMap((input) => {
    const manifest = manifestOf(input)
    return manifest.ok ? [manifest.value] : []
  })

type Review = (request: PolicyRequest) => Result<GatorReview, string>

function reviewWith(review: Review, object: KubeObject, now: Date): Result<GatorReview, string> {
  const answer = review(objectRequest(object, now))
  return answer.ok ? answer : err(explained(object, answer.error))
}

/** What could not be expanded says so itself. */
export const explained = (object: KubeObject, error: string): string =>
  error.startsWith('expanding resource ') ? error : `reviewing ${printObject(object)}: ${error}`
