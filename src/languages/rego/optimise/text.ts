import { unreachable } from '../../../core/unreachable.ts'
import type { Expression, Step } from '../ir/ir.ts'
import { keyOf } from '../values/value.ts'

/** A text that is the same for expressions that mean the same with the same values in their slots. Undefined for what is only like itself. */
export function textOfExpression(expression: Expression): string | undefined {
  switch (expression.kind) {
    case 'constant':
      return `c${keyOf(expression.value)}`
    case 'slot':
      return `s${expression.slot};`
    case 'input':
      return 'i'
    case 'base':
      return `b${keyOf(expression.path)}`
    case 'rules':
      return `g${expression.group.id};`
    case 'entry':
      return written(`e${expression.group.id}`, expression.keys.map(textOfExpression))
    case 'document':
      return written('d', expression.path.map(textOfExpression))
    case 'index':
      return written('x', [textOfExpression(expression.of), textOfExpression(expression.key)])
    case 'array':
    case 'set':
      return written(expression.kind, expression.items.map(textOfExpression))
    case 'object':
      return written('object', expression.entries.flat().map(textOfExpression))
    case 'comprehension': {
      const { makes, key, value, body } = expression
      return written(makes, [key === undefined ? '' : textOfExpression(key), textOfExpression(value), textOfSteps(body)])
    }
    case 'builtin':
      return written(expression.builtin.name, expression.args.map(textOfExpression))
    case 'function':
      return written(`f${expression.group.id}`, expression.args.map(textOfExpression))
    case 'kept':
      return `k${expression.id};`
    default:
      return unreachable(expression)
  }
}

/** As `textOfExpression`, of one step. */
export function textOfStep(step: Step): string | undefined {
  switch (step.kind) {
    case 'test':
      return written('test', [textOfExpression(step.of)])
    case 'assign':
      return written(`assign${step.slot}`, [textOfExpression(step.of)])
    case 'equal':
      return written('equal', [textOfExpression(step.left), textOfExpression(step.right)])
    case 'is-array':
      return `is-array${step.of},${step.length};`
    case 'is-object':
      return written(`is-object${step.of}`, step.keys.map(textOfExpression))
    case 'scan':
      return written(`scan${step.key ?? ''},${step.value ?? ''}`, [textOfExpression(step.of)])
    case 'scan-document':
      return written(`scan-document${step.key}`, step.path.map(textOfExpression))
    case 'relation':
      return written(`${step.builtin.name}${step.value}`, step.args.map(textOfExpression))
    case 'not':
      return written('not', [textOfSteps(step.body)])
    case 'every':
      return written(`every${step.key ?? ''},${step.value}`, [textOfExpression(step.of), textOfSteps(step.body)])
    case 'with':
    case 'traced':
      return undefined
    default:
      return unreachable(step)
  }
}

const textOfSteps = (steps: readonly Step[]): string | undefined => written('steps', steps.map(textOfStep))

function written(head: string, parts: readonly (string | undefined)[]): string | undefined {
  return parts.includes(undefined) ? undefined : `${head}(${parts.join(' ')})`
}
