import { objectField, objectsField, stringField } from '../../../core/fields.ts'
import type { JsonObject } from '../../../core/json.ts'
import type { Result } from '../../../core/result.ts'
import { err, ok } from '../../../core/result.ts'
import type { Manifest } from '../../../kube/manifest.ts'
import { nameOf } from '../../../kube/object.ts'
import type { Match } from '../constraint/match.ts'
import { compileMatch } from '../constraint/match.ts'
import { checkApplyTo, readApplyTo } from './apply-to.ts'
import type { Location } from './location.ts'
import { parseLocation } from './location.ts'
import type { Mutator, MutatorKind, MutatorProblem, TerminalType } from './mutator.ts'
import { mutatorKinds } from './mutator.ts'
import type { PathTests } from './path-tests.ts'
import { compilePathTests } from './path-tests.ts'
import type { Draft } from './setters.ts'
import { compileAssign, compileAssignImage, compileAssignMetadata, compileModifySet } from './setters.ts'

/** What differs from kind to kind. */
interface KindRules {
  /** How messages about the location call the mutator. */
  readonly label: string
  readonly hasApplyTo: boolean
  readonly terminal: (parameters: JsonObject) => TerminalType
  /** Why the location cannot be written to. `text` is how it was written. */
  readonly checkLocation: (draft: Draft, text: string) => string | undefined
  readonly setter: (draft: Draft) => Result<Mutator['setter'], MutatorProblem>
}

const rules: Readonly<Record<MutatorKind, KindRules>> = {
  Assign: { label: 'Assign', hasApplyTo: true, terminal: typeOfAssign, checkLocation: checkAssignLocation, setter: compileAssign },
  AssignMetadata: {
    label: 'AssignMetadata',
    hasApplyTo: false,
    terminal: () => 'string',
    checkLocation: checkMetadataLocation,
    setter: compileAssignMetadata,
  },
  AssignImage: {
    label: 'assignImage',
    hasApplyTo: true,
    terminal: () => 'string',
    checkLocation: checkImageLocation,
    setter: compileAssignImage,
  },
  ModifySet: { label: 'ModifySet', hasApplyTo: true, terminal: () => 'set', checkLocation: checkSetLocation, setter: compileModifySet },
}

const longestName = 63

/** Compiles a mutator of any kind. The error is the first one that upstream would find, with its place in the manifest. */
export function compileMutator(manifest: Manifest): Result<Mutator, MutatorProblem> {
  const { object } = manifest
  const kind = mutatorKinds.find((known) => known === object.kind)
  if (kind === undefined) return err({ path: ['kind'], message: `unknown mutator kind ${object.kind}` })
  const name = nameOf(object)
  const spec = objectField(object, 'spec') ?? {}
  if (name.length > longestName) return err({ path: ['metadata', 'name'], message: `maximum name length is ${longestName} characters` })
  const draft = compileDraft(kind, name, spec)
  if (!draft.ok) return draft
  const { location, parameters } = draft.value
  const setter = rules[kind].setter(draft.value)
  if (!setter.ok) return setter
  const tests = compileTests(kind, draft.value)
  if (!tests.ok) return err({ path: ['spec', 'parameters', 'pathTests'], message: tests.error })
  const applyTo = rules[kind].hasApplyTo ? readApplyTo(spec) : undefined
  const invalid = applyTo === undefined ? undefined : checkApplyTo(applyTo, `${kind} mutator ${name}`)
  if (invalid !== undefined) return err({ path: ['spec', 'applyTo'], message: invalid })
  return ok({
    kind,
    name,
    manifest,
    location,
    tests: tests.value,
    terminal: rules[kind].terminal(parameters),
    applyTo,
    matches: compileMatches(objectField(spec, 'match')),
    setter: setter.value,
  })
}

function compileDraft(kind: MutatorKind, name: string, spec: JsonObject): Result<Draft, MutatorProblem> {
  const { label, checkLocation } = rules[kind]
  const text = stringField(spec, 'location') ?? ''
  const path = ['spec', 'location']
  const location = parseLocation(text)
  if (!location.ok) {
    const where = kind === 'AssignMetadata' ? `for ${label} ${name}: ${text}` : `\`${text}\` for ${label} ${name}`
    const message = `invalid location format ${where}: ${location.error.message}`
    return err({ path, message, inside: { start: location.error.position, text } })
  }
  const draft = { name, location: location.value, parameters: objectField(spec, 'parameters') ?? {} }
  const refused = checkLocation(draft, text)
  return refused === undefined ? ok(draft) : err({ path, message: refused })
}

/** AssignMetadata "never overwrites": its last node must not exist. */
function compileTests(kind: MutatorKind, { name, location, parameters }: Draft): Result<PathTests, string> {
  if (kind === 'AssignMetadata') return ok(new Map([[location.length - 1, 'MustNotExist']]))
  return compilePathTests(objectsField(parameters, 'pathTests') ?? [], location, `${kind} ${name}`)
}

/** Criteria that cannot be used are found when an object is to be matched. */
function compileMatches(match: JsonObject | undefined): Match {
  const compiled = compileMatch(match)
  if (compiled.ok) return compiled.value
  // A source that is not known is the last thing that is looked at.
  const { source: _, ...others } = match ?? {}
  const rest = compileMatch(others)
  return (target) => {
    const matched = rest.ok ? rest.value(target) : rest
    return matched.ok && matched.value ? compiled : matched
  }
}

/** Providers take and give strings. */
function typeOfAssign(parameters: JsonObject): TerminalType {
  return objectField(objectField(parameters, 'assign'), 'externalData') === undefined ? 'unknown' : 'string'
}

function checkAssignLocation({ name, location }: Draft): string | undefined {
  return isRoot(location, 'metadata') ? `assign ${name} can't change metadata` : checkKeys(location)
}

function checkImageLocation({ name, location }: Draft): string | undefined {
  if (isRoot(location, 'metadata')) return `assignImage ${name} can't change metadata`
  return location.at(-1)?.type === 'list' ? `assignImage ${name} cannot mutate list-type fields` : checkKeys(location)
}

function checkSetLocation({ name, location }: Draft): string | undefined {
  if (isRoot(location, 'metadata')) return `modifyset ${name} can't change metadata`
  return location.at(-1)?.type === 'list' ? 'final node in a modifyset location cannot be a keyed list' : undefined
}

const isRoot = ([root]: Location, name: string): boolean => root?.type === 'object' && root.name === name

function checkKeys(location: Location): string | undefined {
  if (location.length === 0) return 'empty path'
  const [list, key] = location.slice(-2)
  const isKey = list?.type === 'list' && key?.type === 'object' && key.name === list.key
  return isKey ? 'invalid path format: changing the item key is not allowed' : undefined
}

/** Exactly `metadata.labels.<key>` or `metadata.annotations.<key>`. */
function checkMetadataLocation({ name, location }: Draft, text: string): string | undefined {
  const [root, map, key] = location
  const isMap = map?.type === 'object' && (map.name === 'labels' || map.name === 'annotations')
  const isKey = root?.type === 'object' && root.name === 'metadata' && isMap && key?.type === 'object' && location.length === 3
  return isKey ? undefined : `invalid location for assignmetadata ${name}: ${text}`
}
