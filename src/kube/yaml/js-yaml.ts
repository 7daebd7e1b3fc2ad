import { EVENT_ID, getScalarValue, parseEvents, SCALAR_STYLE, YAMLException } from 'js-yaml'
import type { Event, MappingEvent, ScalarEvent, SequenceEvent } from 'js-yaml'
import { err, ok } from '../../core/result.ts'
import type { Result } from '../../core/result.ts'

// The only file that knows the YAML package: everything else works on its flat list of events.
export { EVENT_ID, SCALAR_STYLE }
export type YamlEvent = Event
export type YamlScalar = ScalarEvent
export type YamlCollection = MappingEvent | SequenceEvent

/** Something that is not YAML, and the offset in the parsed text at which that became plain. */
export interface YamlProblem {
  readonly message: string
  readonly offset: number
}

export function parseYamlEvents(text: string, maxDepth: number): Result<readonly YamlEvent[], YamlProblem> {
  return parseLeniently(text, maxDepth, mostJoins)
}

/** Lines of one document that may stand too far left inside quotes or brackets. */
const mostJoins = 100

/**
 * The parser of Kubernetes does not look at indentation inside quotes and brackets. A line that stands too far left there is parsed as if it went
 * on from the one before; texts are still decoded from what was written, so nothing moves.
 */
function parseLeniently(text: string, maxDepth: number, joins: number): Result<readonly YamlEvent[], YamlProblem> {
  try {
    return ok(parseEvents(text, { maxDepth }))
  } catch (error) {
    if (error instanceof YAMLException && error.reason === 'deficient indentation' && joins > 0) {
      const joined = joinLine(text, error.mark?.position ?? 0)
      if (joined !== undefined) return parseLeniently(joined, maxDepth, joins - 1)
    }
    if (error instanceof YAMLException) return err({ message: expectation(error.reason), offset: error.mark?.position ?? 0 })
    // The parser recurses; input that exhausts the stack is bad input like any other.
    if (error instanceof RangeError) return err({ message: 'expected less deeply nested YAML', offset: 0 })
    throw error
  }
}

/** The text with the line break before an offset, and the one before blank lines, as spaces. Behind a comment a line cannot go on. */
function joinLine(text: string, offset: number): string | undefined {
  const lineStart = text.lastIndexOf('\n', offset - 1)
  const before = text.slice(text.lastIndexOf('\n', lineStart - 1) + 1, Math.max(0, lineStart))
  if (lineStart < 0 || before.includes('#')) return undefined
  return `${text.slice(0, lineStart)} ${text.slice(lineStart + 1)}`
}

/** The decoded text of a scalar: quotes removed, escapes resolved, lines folded. */
export function scalarText(text: string, scalar: YamlScalar): string {
  // `fast` is a scalar of one line without escapes: a line that was joined for the parser makes it another.
  const isJoined = scalar.fast && isQuoted(scalar) && text.slice(scalar.valueStart, scalar.valueEnd).includes('\n')
  return getScalarValue(text, isJoined ? { ...scalar, fast: false } : scalar)
}

const isQuoted = ({ style }: YamlScalar): boolean => style === SCALAR_STYLE.SINGLE_QUOTED || style === SCALAR_STYLE.DOUBLE_QUOTED

/** The package says what is wrong; users are told what was expected. Reasons that are not listed are passed on. */
const expectations: Readonly<Record<string, string>> = {
  'bad indentation of a mapping entry': 'expected a `key: value` entry at the indentation of its siblings',
  'bad indentation of a sequence entry': 'expected a `- item` entry at the indentation of its siblings',
  'tab characters must not be used in indentation': 'expected spaces for indentation, found a tab',
  'deficient indentation': 'expected more indentation, or the end of the quoted or bracketed value that began above',
  'end of the stream or a document separator is expected': 'expected the end of the document, or `---` before another one',
  'missed comma between flow collection entries': 'expected `,` between the entries of a `[…]` or `{…}`',
  'unexpected end of the stream within a flow collection': 'expected `]` or `}` before the end of the document',
  'unexpected end of the stream within a double quoted scalar': 'expected a closing `"` before the end of the document',
  'unexpected end of the stream within a single quoted scalar': "expected a closing `'` before the end of the document",
  'unexpected end of the document within a double quoted scalar': 'expected a closing `"` before the next document',
  'unexpected end of the document within a single quoted scalar': "expected a closing `'` before the next document",
  'can not read a block mapping entry; a multiline key may not be an implicit key': 'expected `:` after a key',
  "expected ':' after a mapping key": 'expected `:` after a key',
  'unknown escape sequence': 'expected one of the escapes of YAML after `\\`',
  'the stream contains non-printable characters': 'expected printable characters only',
  'null byte is not allowed in input': 'expected text, found a null byte',
  'directives end mark is expected': 'expected `---` after a directive',
}

function expectation(reason: string): string {
  return Object.hasOwn(expectations, reason) ? (expectations[reason] ?? reason) : reason
}
