import { isJsonArray, isJsonObject } from '../../../core/json.ts'
import type { Json, JsonPath } from '../../../core/json.ts'
import { defaultLimits } from '../../../core/limits.ts'
import { nearest } from '../../../core/nearest.ts'
import type { Span } from '../../../core/source.ts'
import { compileJmespath } from '../../../languages/jmespath/jmespath.ts'
import type { JmesNode } from '../../../languages/jmespath/jmespath.ts'
import { kyvernoFunctions } from '../jmespath-functions.ts'
import { findVariable } from '../variables.ts'
import { isPredefined, predefined } from './context-entries.ts'
import { backgroundText } from './match.ts'
import type { Place, Report } from './report.ts'
import { hasTargets } from './rule-view.ts'
import type { RuleView } from './rule-view.ts'

/** Where an expression stands, which decides what it may name. */
interface Scope {
  readonly view: RuleView
  /** Names of context entries that have been declared around it. */
  readonly names: readonly string[]
  readonly inForeach: boolean
  /** `target` is known in the `mutate` part alone. */
  readonly inMutate: boolean
  /** Conditions of attestations speak of the attestation's own content, so any name may be right. */
  readonly openNames: boolean
}

/** Every expression of a rule: its syntax, its functions, the variables it names. */
export function checkVariables(view: RuleView, report: Report): void {
  const scope: Scope = { view, names: view.contextNames, inForeach: false, inMutate: false, openNames: false }
  for (const [key, value] of Object.entries(view.rule)) {
    const path = [...view.path, key]
    if (key === 'match' || key === 'exclude')
      noVariables(value, path, `rule "${view.name}" should not have variables in ${key} section`, report)
    else if (key === 'name') noVariables(value, path, `rule "${view.name}" should not have variables in the rule name`, report)
    else checkValue(value, path, { ...scope, inMutate: key === 'mutate' }, report)
  }
}

function noVariables(value: Json, path: JsonPath, message: string, report: Report): void {
  for (const { text, at } of stringsIn(value, path)) {
    const variable = findVariable(text, 0)
    if (variable !== undefined) report.error('variable-not-allowed', { ...at, inside: { text, span: variable } }, message)
  }
}

function checkValue(value: Json, path: JsonPath, scope: Scope, report: Report): void {
  if (path.length > defaultLimits.documentDepth) return
  if (typeof value === 'string') return checkText(value, { path }, scope, report)
  if (isJsonArray(value)) return value.forEach((item, index) => checkValue(item, [...path, index], innerScope(item, path, scope), report))
  if (!isJsonObject(value)) return
  for (const [key, member] of Object.entries(value)) {
    const at = [...path, key]
    checkText(key, { path: at, part: 'key' }, scope, report)
    if (typeof member === 'string' && isExpressionField(key, path)) checkExpressionField(member, at, scope, report)
    checkValue(member, at, memberScope(key, path, scope), report)
  }
}

function memberScope(key: string, path: JsonPath, scope: Scope): Scope {
  if (key === 'conditions' && path.includes('attestations')) return { ...scope, openNames: true }
  if (path.at(-2) === 'targets' && isRuleField(path) && targetSelectors.includes(key)) return { ...scope, inMutate: false }
  return scope
}

/** What selects a target is looked at before there is one. */
const targetSelectors = ['apiVersion', 'kind', 'name', 'namespace', 'uid', 'selector']

function innerScope(item: Json, list: JsonPath, scope: Scope): Scope {
  const key = list.at(-1)
  if (!isJsonObject(item) || key !== 'foreach' || !isRuleField(list)) return scope
  return { ...scope, inForeach: true }
}

/** Not inside a pattern, a patch or data, where the same words are fields of the user's objects. */
function isRuleField(path: JsonPath): boolean {
  return !path.some(
    (step) => step === 'pattern' || step === 'anyPattern' || step === 'patchStrategicMerge' || step === 'data' || step === 'assert',
  )
}

/** Fields that hold an expression without braces. */
function isExpressionField(key: string, path: JsonPath): boolean {
  if (!isRuleField(path)) return false
  if (key === 'list') return path.at(-2) === 'foreach'
  return key === 'jmesPath' && path.some((step) => step === 'context' || step === 'imageExtractors')
}

function checkExpressionField(text: string, path: JsonPath, scope: Scope, report: Report): void {
  if (text.includes('{{')) return
  // These are applied to a value that was loaded, not to the context: any name may be right.
  const loaded =
    path.includes('imageExtractors') || path.some((step) => step === 'apiCall' || step === 'imageRegistry' || step === 'globalReference')
  const variable = path.at(-2) === 'variable'
  checkExpression(text, { text, path, offset: 0 }, { ...scope, openNames: scope.openNames || loaded || variable }, report)
}

function checkText(text: string, at: Place, scope: Scope, report: Report): void {
  if (!text.includes('{{')) return
  for (let variable = findVariable(text, 0); variable !== undefined; variable = findVariable(text, variable.end)) {
    const written = text.slice(variable.start, variable.end)
    const lead = /^\{\{-?\s*/.exec(written)?.[0].length ?? 2
    const expression = written.slice(lead, -2).trimEnd()
    checkExpression(expression, { text, ...at, offset: variable.start + lead }, scope, report)
  }
}

/** An expression and where it begins in the text that holds it. */
interface Written extends Place {
  readonly text: string
  readonly offset: number
}

function checkExpression(expression: string, written: Written, scope: Scope, report: Report): void {
  const place = (span: Span): Place => ({
    path: written.path,
    ...(written.part === undefined ? {} : { part: written.part }),
    inside: { text: written.text, span: { start: written.offset + span.start, end: written.offset + Math.max(span.end, span.start + 1) } },
  })
  if (expression.length > defaultLimits.expressionLength) {
    return report.error(
      'jmespath-too-long',
      { path: written.path },
      `expected an expression of at most ${defaultLimits.expressionLength} characters`,
    )
  }
  const program = compileJmespath(expression, { functions: kyvernoFunctions, missingKey: 'error' })
  if (!program.ok) {
    for (const problem of program.error) report.error('jmespath-syntax', place(problem.span), problem.message, problem.help)
    return
  }
  for (const problem of program.value.warnings) report.error(`jmespath-${problem.code}`, place(problem.span), problem.message, problem.help)
  checkNames(rootReferences(program.value.ast), { place, scope, path: written.path }, report)
}

function checkNames(
  references: readonly Reference[],
  { place, scope, path }: { place: (span: Span) => Place; scope: Scope; path: JsonPath },
  report: Report,
): void {
  const someKnown = references.some(({ name }) => isKnown(name, scope))
  for (const { name, next, span } of references) {
    if (scope.view.background && !hasTargets(scope.view.rule) && isUserVariable(name, next)) {
      const variable = next === undefined ? name : `${name}.${next}`
      report.error(
        'background-variable',
        place(span),
        backgroundText(`variable {{${variable}}} is not allowed`),
        'set `spec.background: false`',
      )
    }
    if (isElement(name) && !scope.inForeach && !scope.openNames && !scope.names.includes(name)) {
      report.error('element-outside-foreach', place(span), `variable '${name}' present outside of foreach at path /${path.join('/')}`)
    } else if (!isKnown(name, scope)) {
      // Upstream refuses an expression of which it knows no name; of one it knows something, the rest is null when it runs.
      const add = someKnown ? report.warning : report.error
      add('unknown-variable', place(span), `variable \`${name}\` is not defined in the context of the rule`, helpWith(name, scope))
    }
  }
}

/** Names that are mistaken for values: double quotes make a name, and `null`, `true` and `false` are names too. */
function helpWith(name: string, scope: Scope): string {
  if (['null', 'true', 'false'].includes(name)) return `a name reads a field, the value is written in backquotes: \`${name}\``
  const close = nearest(name, [...predefined, ...scope.names])
  if (close !== undefined) return `did you mean \`${close}\`?`
  return /^[A-Za-z_]\w*$/.test(name) ? 'define it in `context`' : `double quotes make a name, text is written in single quotes: '${name}'`
}

const isElement = (name: string): boolean => /^element(?:Index)?\d*$/.test(name)

function isKnown(name: string, scope: Scope): boolean {
  if (scope.openNames || isPredefined(name) || scope.names.includes(name)) return true
  return name === 'target' && scope.inMutate && hasTargets(scope.view.rule)
}

function isUserVariable(name: string, next: string | undefined): boolean {
  if (name === 'serviceAccountName' || name === 'serviceAccountNamespace') return true
  return name === 'request' && (next === 'userInfo' || next === 'roles' || next === 'clusterRoles')
}

/** A field of the whole context that an expression reads, and the field read of it. */
interface Reference {
  readonly name: string
  readonly next: string | undefined
  readonly span: Span
}

/** Names that are looked up in the context itself, not in a value found on the way. */
function rootReferences(root: JmesNode): readonly Reference[] {
  const found: Reference[] = []
  const pending: JmesNode[] = [root]
  for (let node = pending.pop(); node !== undefined; node = pending.pop()) {
    switch (node.kind) {
      case 'field':
        found.push({ name: node.name, next: undefined, span: node.span })
        break
      case 'subexpression':
        if (node.left.kind === 'field') found.push({ name: node.left.name, next: fieldName(node.right), span: node.left.span })
        else pending.push(node.left)
        break
      case 'index':
      case 'slice':
      case 'list-projection':
      case 'flatten':
      case 'value-projection':
      case 'filter':
      case 'pipe':
        pending.push(node.left)
        break
      case 'or':
      case 'and':
      case 'comparison':
        pending.push(node.right, node.left)
        break
      case 'not':
        pending.push(node.operand)
        break
      case 'list':
        pending.push(...node.items)
        break
      case 'hash':
        pending.push(...node.entries.map((entry) => entry.value))
        break
      case 'call':
        pending.push(...node.args)
        break
      // `@` is the context itself or the same place in the object; a literal names nothing; `&expr` runs on each item.
      case 'current':
      case 'literal':
      case 'expression-reference':
        break
    }
  }
  return found
}

const fieldName = (node: JmesNode): string | undefined => (node.kind === 'field' ? node.name : undefined)

function* stringsIn(value: Json, path: JsonPath): Generator<{ readonly text: string; readonly at: Place }> {
  if (typeof value === 'string') yield { text: value, at: { path } }
  else if (isJsonArray(value)) for (const [index, item] of value.entries()) yield* stringsIn(item, [...path, index])
  else if (isJsonObject(value)) {
    for (const [key, member] of Object.entries(value)) {
      yield { text: key, at: { path: [...path, key], part: 'key' } }
      yield* stringsIn(member, [...path, key])
    }
  }
}
