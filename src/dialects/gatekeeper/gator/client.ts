import type { Result } from '../../../core/result.ts'
import { err, ok } from '../../../core/result.ts'
import type { Manifest } from '../../../kube/manifest.ts'
import type { KubeObject } from '../../../kube/object.ts'
import { nameOf } from '../../../kube/object.ts'
import type { GatorClient, GatorEngine, GatorInput, GatorOptions, GatorPurpose } from '../../../policy/gator.ts'
import { readConfiguration } from '../config.ts'
import { judgeOf, readConstraint } from '../constraint/constraint.ts'
import type { RequestExpander } from '../expansion/request.ts'
import { createFileExpander } from '../expansion/request.ts'
import { objectRequest } from '../test-suite/requests.ts'
import type { Template } from '../template/template.ts'
import { compileTemplate } from '../template/template.ts'
import { defaultNamespace, factsOf } from './facts.ts'
import { expansionsIn } from './expand.ts'
import { namespaceProblem, templateProblem, withFloatTypes } from './decode.ts'
import { addingData, isConstraintObject, isTemplateObject, kindIn, manifestOf } from './objects.ts'
import type { Reviewer } from './review.ts'
import { createReviewer, reviewerOf } from './review.ts'

/** No Config is heeded: everything is the inventory, and nothing is left out. */
const world = { configuration: readConfiguration([]), providers: new Map<never, never>() } as const

/** Templates by kind. The error begins with which of them is wrong. */
export function openTemplates(
  manifests: readonly Manifest[],
  engines: readonly GatorEngine[],
  purpose: GatorPurpose,
): Result<ReadonlyMap<string, Template>, string> {
  const templates = new Map<string, Template>()
  for (const manifest of manifests) {
    const name = JSON.stringify(nameOf(manifest.object))
    const problem = templateProblem(manifest.object)
    if (problem !== undefined)
      return err(
        purpose === 'bench' ? `converting template ${name}: ${problem}` : `converting unstructured ${name} to template: ${problem}`,
      )
    const template = readTemplate(manifest, { engines, print: false })
    if (!template.ok) return err(`adding template ${name}: ${template.error}`)
    templates.set(template.value.kind, template.value)
  }
  return ok(templates)
}

/** Documents are read once, and named by many tests. */
const compiled = new WeakMap<Manifest['document'], Map<string, Result<Template, string>>>()

/** How templates are compiled on the command line. */
export interface TemplateReading {
  readonly engines: readonly GatorEngine[]
  /** Whether `print` prints. */
  readonly print: boolean
}

/** The error is upstream's alone. */
export function readTemplate(manifest: Manifest, reading: TemplateReading): Result<Template, string> {
  const known = compiled.get(manifest.document) ?? new Map<string, Result<Template, string>>()
  compiled.set(manifest.document, known)
  const key = `${reading.engines.join()} ${reading.print}`
  const template = known.get(key) ?? compile(manifest, reading)
  known.set(key, template)
  return template
}

function compile(manifest: Manifest, { engines, print }: TemplateReading): Result<Template, string> {
  const template = compileTemplate(manifest, {
    nativeValidation: engines.includes('cel'),
    rego: { externalData: false, print },
    schema: { keepsNulls: 'always', floats: true },
  })
  return template.ok ? template : err(template.error.map(({ message }) => message).join('; '))
}

/** A constraint with the one who asks it. */
export interface OpenedConstraint {
  readonly object: KubeObject
  readonly reviewer: Reviewer
}

/** `gator test` takes everything to be in some namespace, and numbers of parameters to be floats. `gator verify` does neither. */
export function openConstraint(
  manifest: Manifest,
  templates: ReadonlyMap<string, Template>,
  { purpose, print }: { readonly purpose: GatorPurpose | 'verify'; readonly print?: (text: string) => void },
): Result<OpenedConstraint, string> {
  const { object } = manifest
  const template = templates.get(object.kind)
  if (template === undefined) return err(`missing ConstraintTemplate: template "${object.kind.toLowerCase()}" not found`)
  const constraint = readConstraint(manifest, template)
  if (!constraint.ok) {
    const text = constraint.error.map(({ message }) => message).join('; ')
    return err(purpose === 'test' ? withFloatTypes(text) : text)
  }
  return ok({
    object: constraint.value.object,
    reviewer: reviewerOf(
      constraint.value,
      judgeOf(constraint.value, {
        ...world,
        numbers: purpose === 'verify' ? 'exact' : 'floats',
        hasUnnamedNamespace: purpose === 'test',
        ...(print === undefined ? {} : { print }),
      }),
    ),
  })
}

/** Loads what was read, in upstream's order: templates, constraints, data, expansions. */
export function openClient(
  inputs: readonly GatorInput[],
  { engines, clock, now, purpose }: GatorOptions & { readonly purpose: GatorPurpose },
): Result<GatorClient, string> {
  const begun = clock()
  const templates = openTemplates(manifestsOf(inputs.filter(({ value }) => isTemplateObject(value))), engines, purpose)
  if (!templates.ok) return templates
  const templated = clock()
  const constraints = new Map<string, OpenedConstraint>()
  const defaulted = new Map<Manifest['document']['value'], KubeObject>()
  for (const manifest of manifestsOf(inputs.filter(({ value }) => isConstraintObject(value)))) {
    const { kind } = manifest.object
    const opened = openConstraint(manifest, templates.value, { purpose })
    if (!opened.ok) return err(`adding constraint ${JSON.stringify(nameOf(manifest.object))}: ${opened.error}`)
    constraints.set(`${kind}/${nameOf(manifest.object)}`, opened.value)
    defaulted.set(manifest.object, opened.value.object)
  }
  const loaded = clock()
  const manifests: Manifest[] = []
  for (const input of inputs) {
    const manifest = manifestOf(input)
    if (!manifest.ok) return manifest
    const problem = namespaceProblem(manifest.value.object)
    if (problem !== undefined) return err(`${addingData(kindIn(manifest.value.object))}: ${problem}`)
    manifests.push(manifest.value)
  }
  const objects = manifests.map(({ object }) => defaulted.get(object) ?? object)
  const expansions = expansionsIn(manifests)
  if (!expansions.ok) return err(`error creating expander: ${expansions.error}`)
  const data = objects.filter((object) => !isTemplateObject(object) && !isConstraintObject(object))
  const facts = factsOf(objects, purpose === 'test' ? [defaultNamespace] : [])
  const reviewers = [...constraints.values()].map(({ reviewer }) => reviewer)
  const expand: RequestExpander =
    purpose === 'bench' ? () => ok([]) : createFileExpander(expansions.value.expander, expansions.value.mutations)
  const review = createReviewer(reviewers, { facts, expand, clock })
  return ok({
    objects,
    data,
    setup: { templates: templated - begun, constraints: loaded - templated, data: clock() - loaded },
    review: (object) => review(objectRequest(object, now())),
  })
}

/** Those that lack a version or a kind are told of later. */
const manifestsOf = (inputs: readonly GatorInput[]): readonly Manifest[] =>
  inputs.flatMap((input) => {
    const manifest = manifestOf(input)
    return manifest.ok ? [manifest.value] : []
  })
