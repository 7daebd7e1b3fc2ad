import type { Body, Rule, Term } from './ast.ts'
import { kindInWords } from './kinds.ts'
import type { Problem } from './reader.ts'
import { isKeywordName } from './token.ts'

/** What a rule that was read well may still not be: by its version, and as a default. */
export function ruleProblems(rule: Rule, version: 0 | 1): readonly Problem[] {
  if (rule.default) return defaultProblems(rule)
  return version === 1 ? strictProblems(rule) : []
}

/** Version 1: `if` before bodies, `contains` for sets, and no rule that says nothing. */
function strictProblems({ head, form, elses, span }: Rule): readonly Problem[] {
  const problems: Problem[] = []
  if (head.path.length === 0 && isKeywordName(head.name))
    problems.push({ message: `${head.name} keyword cannot be used for rule name`, span })
  const what = head.kind === 'function' ? 'function' : 'rule'
  const noIf = `\`if\` keyword is required before ${what} body`
  if (form.braces && !form.if) problems.push({ message: noIf, span })
  if (head.kind === 'set' && head.elementForm === 'bracket') {
    problems.push({ message: '`contains` keyword is required for partial set rules', span })
  }
  const hasBody = form.if || form.braces
  if (!hasBody && (head.kind === 'complete' || head.kind === 'object') && head.valueForm === 'implied') {
    problems.push({ message: 'rule must have value assignment and/or body declaration', span })
  }
  for (const branch of elses) if (branch.form.braces && !branch.form.if) problems.push({ message: noIf, span: branch.span })
  return problems
}

function defaultProblems({ head, span }: Rule): readonly Problem[] {
  if (head.kind === 'set') return [{ message: 'illegal default rule (must have a value)', span }]
  const problems: Problem[] = []
  if (head.kind === 'function') {
    const seen = new Set<string>()
    for (const argument of head.args) {
      const problem = argumentProblem(argument, seen)
      if (problem !== undefined) problems.push({ message: `illegal default rule (arguments cannot ${problem})`, span })
    }
  }
  const changing = changingPart(head.value)
  if (changing !== undefined) problems.push({ message: `illegal default rule (value cannot contain ${changing})`, span })
  return problems
}

function argumentProblem(argument: Term, seen: Set<string>): string | undefined {
  if (argument.kind !== 'var') return `contain ${kindInWords(argument)}`
  if (seen.has(argument.name)) return `be repeated ${argument.name}`
  seen.add(argument.name)
  return undefined
}

/** The first thing in a value that is no constant. Comprehensions are closed, and may hold anything. */
function changingPart(term: Term): string | undefined {
  switch (term.kind) {
    case 'var':
    case 'ref':
    case 'call':
      return kindInWords(term)
    case 'array':
    case 'set':
      return firstOf(term.items)
    case 'object':
      return firstOf(term.entries.flatMap(({ key, value }) => [key, value]))
    case 'template':
      return firstOf(term.parts.flatMap((part) => (part.kind === 'expression' ? termsOf([part.literal]) : [])))
    default:
      return undefined
  }
}

function firstOf(terms: readonly Term[]): string | undefined {
  for (const term of terms) {
    const changing = changingPart(term)
    if (changing !== undefined) return changing
  }
  return undefined
}

function termsOf(body: Body): readonly Term[] {
  return body.flatMap((literal) => (literal.kind === 'term' ? [literal.term] : []))
}
