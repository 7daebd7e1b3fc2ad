import { parseGoFloat, parseGoInt } from '../../core/go-format.ts'
import type { Result } from '../../core/result.ts'
import { err, ok } from '../../core/result.ts'
import { unreachable } from '../../core/unreachable.ts'
import type { Flag } from '../command.ts'
import { parseGoDuration } from './duration.ts'

/** An option as gator declares it: its `argument` is the type that its help shows. */
export interface GoFlag extends Flag {
  readonly type: 'bool' | 'string' | 'stringArray' | 'int' | 'float' | 'duration'
}

/** The values of one call; each flag that was not given has its default. Durations are nanoseconds. */
export interface GoFlagValues {
  readonly text: (name: string) => string
  readonly list: (name: string) => readonly string[]
  readonly on: (name: string) => boolean
  readonly number: (name: string) => number
}

export interface GoArguments {
  readonly args: readonly string[]
  readonly values: GoFlagValues
}

type Value = string | boolean | number | readonly string[]

/** Reads arguments as gator's own parser does; the error is in its words. */
export function parseGoFlags(flags: readonly GoFlag[], argv: readonly string[]): Result<GoArguments, string> {
  const values = new Map<string, Value>(flags.map((flag) => [flag.name, defaultOf(flag)]))
  const args: string[] = []
  const set = (flag: GoFlag, text: string): string | undefined => {
    const value = valueOf(flag, text)
    if (!value.ok) return `invalid argument ${JSON.stringify(text)} for "${titleOf(flag)}" flag: ${value.error}`
    values.set(flag.name, flag.many === true ? [...listOf(values.get(flag.name)), text] : value.value)
    return undefined
  }
  for (let at = 0; at < argv.length; at += 1) {
    const word = argv[at] ?? ''
    if (word === '--') {
      args.push(...argv.slice(at + 1))
      break
    }
    if (!word.startsWith('-') || word === '-') {
      args.push(word)
      continue
    }
    const found = word.startsWith('--') ? longFlag(flags, word, argv[at + 1]) : shortFlags(flags, word, argv[at + 1])
    if (!found.ok) return found
    for (const [flag, text] of found.value.given) {
      const problem = set(flag, text)
      if (problem !== undefined) return err(problem)
    }
    if (found.value.tookNext) at += 1
  }
  return ok({ args, values: reader(values) })
}

interface Found {
  readonly given: readonly (readonly [GoFlag, string])[]
  /** The value stood in the next argument. */
  readonly tookNext: boolean
}

function longFlag(flags: readonly GoFlag[], word: string, next: string | undefined): Result<Found, string> {
  const equals = word.indexOf('=')
  const name = word.slice(2, equals < 0 ? undefined : equals)
  const flag = flags.find((each) => each.name === name)
  if (name === '' || name.startsWith('-')) return err(`bad flag syntax: ${word}`)
  if (flag === undefined) return err(`unknown flag: --${name}`)
  if (equals >= 0) return ok({ given: [[flag, word.slice(equals + 1)]], tookNext: false })
  if (flag.type === 'bool') return ok({ given: [[flag, 'true']], tookNext: false })
  return next === undefined ? err(`flag needs an argument: ${word}`) : ok({ given: [[flag, next]], tookNext: true })
}

/** `-vt`, `-fname`, `-f=name`, `-f name`. */
function shortFlags(flags: readonly GoFlag[], word: string, next: string | undefined): Result<Found, string> {
  const given: (readonly [GoFlag, string])[] = []
  for (let at = 1; at < word.length; at += 1) {
    const letter = word[at] ?? ''
    const flag = flags.find((each) => each.shorthand === letter)
    if (flag === undefined) return err(`unknown shorthand flag: '${letter}' in -${word.slice(at)}`)
    const rest = word.slice(at + 1)
    if (rest.startsWith('=')) return ok({ given: [...given, [flag, rest.slice(1)]], tookNext: false })
    if (flag.type === 'bool') {
      given.push([flag, 'true'])
      continue
    }
    if (rest !== '') return ok({ given: [...given, [flag, rest]], tookNext: false })
    if (next === undefined) return err(`flag needs an argument: '${letter}' in ${word}`)
    return ok({ given: [...given, [flag, next]], tookNext: true })
  }
  return ok({ given, tookNext: false })
}

const titleOf = ({ name, shorthand }: GoFlag): string => (shorthand === undefined ? `--${name}` : `-${shorthand}, --${name}`)

const truths: ReadonlySet<string> = new Set(['1', 't', 'T', 'TRUE', 'true', 'True'])
const falsehoods: ReadonlySet<string> = new Set(['0', 'f', 'F', 'FALSE', 'false', 'False'])

function valueOf({ type }: GoFlag, text: string): Result<Value, string> {
  switch (type) {
    case 'bool':
      if (truths.has(text) || falsehoods.has(text)) return ok(truths.has(text))
      return err(`strconv.ParseBool: parsing ${JSON.stringify(text)}: invalid syntax`)
    case 'int': {
      const value = parseGoInt(text)
      return value === undefined ? err(`strconv.ParseInt: parsing ${JSON.stringify(text)}: invalid syntax`) : ok(value)
    }
    case 'float': {
      const value = parseGoFloat(text)
      return value === undefined ? err(`strconv.ParseFloat: parsing ${JSON.stringify(text)}: invalid syntax`) : ok(value)
    }
    case 'duration':
      return parseGoDuration(text)
    case 'string':
    case 'stringArray':
      return ok(text)
    default:
      return unreachable(type)
  }
}

function defaultOf(flag: GoFlag): Value {
  if (flag.many === true) return []
  const value = flag.default === undefined ? undefined : valueOf(flag, flag.default)
  if (value?.ok === true) return value.value
  if (flag.type === 'bool') return false
  return flag.type === 'string' ? '' : 0
}

const listOf = (value: Value | undefined): readonly string[] => (Array.isArray(value) ? value.map(String) : [])

const reader = (values: ReadonlyMap<string, Value>): GoFlagValues => ({
  text: (name) => {
    const value = values.get(name)
    return typeof value === 'string' ? value : ''
  },
  list: (name) => listOf(values.get(name)),
  on: (name) => values.get(name) === true,
  number: (name) => {
    const value = values.get(name)
    return typeof value === 'number' ? value : 0
  },
})
