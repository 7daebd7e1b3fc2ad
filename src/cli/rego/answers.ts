import type { RegoAnswer, RegoQuestion } from '../../languages/rego/rego.ts'
import { marshalRego } from '../../languages/rego/rego.ts'
import { boxed } from './box.ts'
import type { Out } from './json-out.ts'
import { fields, value } from './json-out.ts'

export const answerFormats = ['json', 'pretty', 'raw', 'values', 'bindings', 'discard'] as const
export type AnswerFormat = (typeof answerFormats)[number]

const indented = { prefix: '', indent: '  ' }

/** `result` of OPA's JSON. */
export function answersOut({ expressions }: RegoQuestion, answers: readonly RegoAnswer[]): readonly Out[] {
  return answers.map(({ bindings, values }) =>
    fields({
      expressions: expressions.map(({ text, row, column }, at) =>
        fields({ value: value(values[at] ?? null), text: value(text), location: fields({ row: value(row), col: value(column) }) }),
      ),
      ...(Object.keys(bindings).length === 0 ? {} : { bindings: value(bindings) }),
    }),
  )
}

/** The answers as `opa eval --format` prints them, other than as JSON. */
export function printAnswers(question: RegoQuestion, answers: readonly RegoAnswer[], format: Exclude<AnswerFormat, 'json'>): string {
  switch (format) {
    case 'raw':
      return answers.map(({ values }) => `${values.map(rawText).join(' ')}\n`).join('')
    case 'values':
      return answers.map(({ values }) => `${marshalRego(values, indented)}\n`).join('')
    case 'bindings':
      return answers.map(({ bindings }) => `${marshalRego(bindings, indented)}\n`).join('')
    case 'discard':
      return answers.length === 0 ? '{}\n' : '{\n  "result": "discarded"\n}\n'
    case 'pretty':
      return printPretty(question, answers)
  }
}

const rawText = (of: RegoAnswer['values'][number]): string => (typeof of === 'string' ? of : marshalRego(of))

function printPretty({ expressions }: RegoQuestion, answers: readonly RegoAnswer[]): string {
  const [first] = answers
  if (first === undefined) return 'undefined\n'
  const names = Object.keys(first.bindings).sort()
  if (answers.length === 1 && names.length === 0 && expressions.length === 1) return `${marshalRego(first.values[0] ?? null, indented)}\n`
  // What holds says no more than that there is an answer.
  const shown = expressions.flatMap(({ text }, at) => (typeof first.values[at] === 'boolean' ? [] : [{ text, at }]))
  if (names.length === 0 && shown.length === 0) return 'true\n'
  const rows = answers.map(({ bindings, values }) => [
    ...names.map((name) => marshalRego(bindings[name] ?? null)),
    ...shown.map(({ at }) => marshalRego(values[at] ?? null)),
  ])
  return boxed([...names, ...shown.map(({ text }) => text)], rows)
}
