import type { Source, Span } from '../../core/source.ts'
import type { RegoModule } from '../../languages/rego/rego.ts'

type Rule = RegoModule['rules'][number]

/** A rule that is a test. */
export interface TestCase {
  readonly source: Source
  readonly span: Span
  /** From `data`; the last part is the name of the test. */
  readonly path: readonly string[]
  /** `data.a.b` */
  readonly package: string
  /** Below its package: `test_x`, `a.test_x`. */
  readonly name: string
  /** `todo_test_…`: not run. */
  readonly isSkipped: boolean
  /** The variables of its head: each value of theirs is a case of its own (`test_x[name] if …`). */
  readonly variables: readonly string[]
  readonly isFunction: boolean
}

/** The tests of modules, and the modules with the tests' names: several of one name are told apart by `#01`, `#02`. */
export function findTests(modules: readonly RegoModule[]): {
  readonly tests: readonly TestCase[]
  readonly modules: readonly RegoModule[]
} {
  const tests: TestCase[] = []
  const counts = new Map<string, number>()
  const renamed = modules.map((module) => {
    const rules = module.rules.map((rule) => {
      const at = positionOf(rule)
      if (at === undefined) return rule
      const plain = testOf(module, rule, at)
      const key = plain.path.join('\u0000')
      const count = counts.get(key) ?? 0
      counts.set(key, count + 1)
      const own = count === 0 ? rule : renamePart(rule, at, `#${String(count).padStart(2, '0')}`)
      tests.push(testOf(module, own, at))
      return own
    })
    return { ...module, rules }
  })
  return { tests, modules: renamed }
}

/** The place of the name of a test in the path of a head. */
function positionOf({ head }: Rule): number | undefined {
  const parts = [head.name, ...head.path.map((part) => (part.kind === 'string' ? part.value : ''))]
  const at = parts.findIndex((part) => /^(todo_)?test_/.test(part))
  return at < 0 ? undefined : at
}

function testOf(module: RegoModule, { head, span }: Rule, at: number): TestCase {
  const parts = [head.name, ...head.path.map((part) => (part.kind === 'string' ? part.value : ''))].slice(0, at + 1)
  return {
    source: module.source,
    span,
    path: [...module.package.path, ...parts],
    package: `data.${module.package.path.join('.')}`,
    name: parts.join('.'),
    isSkipped: parts.at(-1)?.startsWith('todo_') === true,
    variables: head.path.slice(at).flatMap((part) => (part.kind === 'var' && !part.wildcard ? [part.name] : [])),
    isFunction: head.kind === 'function',
  }
}

function renamePart(rule: Rule, at: number, suffix: string): Rule {
  const { head } = rule
  if (at === 0) return { ...rule, head: { ...head, name: head.name + suffix } }
  const path = head.path.map((part, index) => (index === at - 1 && part.kind === 'string' ? { ...part, value: part.value + suffix } : part))
  return { ...rule, head: { ...head, path } }
}
