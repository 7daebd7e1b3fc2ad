import type { Diagnostic } from '../../core/diagnostic.ts'
import type { Manifest } from '../../kube/manifest.ts'
import type { KubeObject } from '../../kube/object.ts'
import type { Compilation, Dialect, DialectOptions, PolicyKind } from '../../policy/dialect.ts'
import type { CompiledPolicy } from '../../policy/policy.ts'
import { gatekeeperAdmission } from './admission/admission.ts'
import { readConfiguration } from './config.ts'
import { compileConstraint } from './constraint/constraint.ts'
import { checkConstraint } from './constraint/check.ts'
import { createRequestExpander } from './expansion/request.ts'
import { compileExpansions, expansionTemplateKind } from './expansion/kind.ts'
import { kindsOf } from './mutation/apply-to.ts'
import { mutatorPolicyKinds } from './mutation/check.ts'
import { compileMutators } from './mutation/policies.ts'
import { compileProviders, providerKind } from './provider.ts'
import { problemAt } from './read.ts'
import { constraintColumns, constraintStatus, templateStatus } from './status.ts'
import { definitionOf } from './template/definition.ts'
import { templateSchema } from './template/schema.ts'
import type { Template, TemplateHead, TemplateOptions } from './template/template.ts'
import { compileTemplate, readHead, templateWarnings } from './template/template.ts'
import { gatekeeperTestSuite } from './test-suite.ts'

const constraintTemplate: PolicyKind = {
  apiVersions: ['templates.gatekeeper.sh/v1', 'templates.gatekeeper.sh/v1beta1', 'templates.gatekeeper.sh/v1alpha1'],
  kind: 'ConstraintTemplate',
  plural: 'constrainttemplates',
  shortNames: [],
  namespaced: false,
  role: 'companion',
  check: templateWarnings,
  schema: templateSchema,
  status: templateStatus,
}

/** Every template defines a kind of the group. */
const constraint: PolicyKind = {
  apiVersions: ['constraints.gatekeeper.sh/v1beta1', 'constraints.gatekeeper.sh/v1alpha1'],
  kind: '*',
  plural: '',
  shortNames: [],
  namespaced: false,
  role: 'policy',
  check: checkConstraint,
  columns: constraintColumns,
  status: constraintStatus,
  // Made from templates.
  builtIn: true,
}

const companion = (kind: string, plural: string, apiVersions: readonly string[], namespaced = false): PolicyKind => ({
  apiVersions,
  kind,
  plural,
  shortNames: [],
  namespaced,
  role: 'companion',
  check: () => [],
})

/** Gatekeeper's templates and constraints. */
const gatekeeperWith = ({ k8sNativeValidation = true }: DialectOptions): Dialect => {
  const options: TemplateOptions = { nativeValidation: k8sNativeValidation }
  const templates = templateCompiler(options)
  return {
    name: 'gatekeeper',
    kinds: kindsWith(options),
    testSuites: [gatekeeperTestSuite],
    admission: gatekeeperAdmission(options),
    compile: (manifests) => compileAll(manifests, templates),
    definitions: definitionsOf,
    withOptions: gatekeeperWith,
  }
}

const kindsWith = (options: TemplateOptions): readonly PolicyKind[] => [
  { ...constraintTemplate, check: (manifest) => templateWarnings(manifest, options) },
  constraint,
  companion('Config', 'configs', ['config.gatekeeper.sh/v1alpha1'], true),
  companion('SyncSet', 'syncsets', ['syncset.gatekeeper.sh/v1alpha1']),
  providerKind,
  ...mutatorPolicyKinds,
  expansionTemplateKind,
]

/** As upstream's programs are without options. */
export const gatekeeper: Dialect = gatekeeperWith({})

const isTemplate = ({ object }: Manifest): boolean => object.kind === constraintTemplate.kind && !isConstraint({ object })
const isConstraint = ({ object }: { readonly object: KubeObject }): boolean => constraint.apiVersions.includes(object.apiVersion)

function definitionsOf(manifests: readonly Manifest[]): readonly KubeObject[] {
  return manifests.filter(isTemplate).flatMap((manifest) => {
    const head = readHead(manifest)
    return head.ok ? [definitionFor(head.value)] : []
  })
}

const knownDefinitions = new WeakMap<TemplateHead, KubeObject>()

/** The same one for as long as the template lives. */
function definitionFor(head: TemplateHead): KubeObject {
  const known = knownDefinitions.get(head)
  if (known !== undefined) return known
  const definition = definitionOf(head)
  knownDefinitions.set(head, definition)
  return definition
}

type CompiledTemplate = ReturnType<typeof compileTemplate>

/** Templates are compiled once for as long as their manifest lives: constraints come and go more often. */
function templateCompiler(options: TemplateOptions): (manifest: Manifest) => CompiledTemplate {
  const known = new WeakMap<Manifest, CompiledTemplate>()
  return (manifest) => {
    const compiled = known.get(manifest) ?? compileTemplate(manifest, options)
    known.set(manifest, compiled)
    return compiled
  }
}

/** Templates first, then the constraints of each. */
function compileAll(manifests: readonly Manifest[], templateOf: (manifest: Manifest) => CompiledTemplate): Compilation {
  const rejected: Compilation['rejected'][number][] = []
  const companions: Manifest[] = []
  const templates = new Map<string, Template>()
  for (const manifest of manifests.filter(isTemplate)) {
    const template = templateOf(manifest)
    if (template.ok) {
      templates.set(template.value.kind, template.value)
      companions.push(manifest)
    } else rejected.push({ manifest, diagnostics: template.error })
  }
  const { providers, companions: askable, rejected: badProviders } = compileProviders(manifests)
  const world = { configuration: readConfiguration(manifests), providers }
  const mutators = compileMutators(manifests, world)
  const { expander, rejected: badExpansions } = compileExpansions(manifests)
  const generators = expander.templates.flatMap(({ applyTo }) => kindsOf(applyTo))
  const surroundings = { ...world, expand: createRequestExpander(expander, mutators.system), generators }
  const policies: CompiledPolicy[] = []
  for (const manifest of manifests.filter(isConstraint)) {
    const template = templates.get(manifest.object.kind)
    const compiled = template === undefined ? undefined : compileConstraint(manifest, template, surroundings)
    if (compiled?.ok === true) policies.push(compiled.value)
    else rejected.push({ manifest, diagnostics: compiled?.error ?? [missingTemplate(manifest)] })
  }
  companions.push(...askable, ...expander.templates.map(({ manifest }) => manifest))
  return {
    policies: [...mutators.policies, ...policies],
    companions,
    rejected: [...rejected, ...mutators.rejected, ...badExpansions, ...badProviders],
  }
}

function missingTemplate(manifest: Manifest): Diagnostic {
  const message = `missing ConstraintTemplate: template "${manifest.object.kind.toLowerCase()}" not found`
  return problemAt(manifest, ['kind'], { code: 'missing-template', message })
}
