import { createHash } from 'node:crypto'
import type { Json } from '../../../core/json.ts'
import { defaultLimits } from '../../../core/limits.ts'
import { loadValue } from '../../../kube/yaml/yaml.ts'
import { jmesFunction } from '../../../languages/jmespath/jmespath.ts'
import { invalid } from './problem.ts'

const digest = (algorithm: string, text: string): string => createHash(algorithm).update(text).digest('hex')

const base64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/

/** Whether brackets outside of strings are nested more deeply than documents may be. */
function isTooDeep(text: string): boolean {
  let depth = 0
  for (const [token] of text.matchAll(/"(?:[^"\\]|\\.)*"?|[[\]{}]/gs)) {
    if (token === '[' || token === '{') depth += 1
    else if (token === ']' || token === '}') depth -= 1
    if (depth > defaultLimits.documentDepth) return true
  }
  return false
}

export const encodingFunctions = [
  jmesFunction('base64_encode', ['string'], 'string', {
    doc: 'The string in base 64.',
    examples: [["base64_encode('Hello')", 'SGVsbG8=']],
    evaluate: ([text]) => Buffer.from(text).toString('base64'),
  }),
  jmesFunction('base64_decode', ['string'], 'string', {
    doc: 'The text that a base 64 string stands for.',
    examples: [["base64_decode('SGVsbG8=')", 'Hello']],
    evaluate: ([text]) => {
      const clean = text.replaceAll(/[\r\n]/g, '')
      return base64.test(clean) ? Buffer.from(clean, 'base64').toString('utf8') : invalid('base64_decode', 'illegal base64 data')
    },
  }),
  jmesFunction('parse_json', ['string'], 'any', {
    doc: 'The value that a JSON text stands for.',
    examples: [['parse_json(\'{"a": [1]}\')', { a: [1] }]],
    evaluate: ([text]) => {
      if (isTooDeep(text)) return invalid('parse_json', 'exceeded max depth')
      try {
        return JSON.parse(text) as Json
      } catch (error) {
        return invalid('parse_json', error instanceof Error ? error.message : 'invalid JSON')
      }
    },
  }),
  jmesFunction('parse_yaml', ['string'], 'any', {
    doc: 'The value that a YAML text stands for.',
    examples: [["parse_yaml('a: [1]')", { a: [1] }]],
    evaluate: ([text]) => {
      const value = loadValue(text)
      return value.ok ? value.value : invalid('parse_yaml', value.error)
    },
  }),
  jmesFunction('sha256', ['string'], 'string', {
    doc: 'The SHA-256 of a string in hexadecimal.',
    examples: [["sha256('abc')", 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad']],
    evaluate: ([text]) => digest('sha256', text),
  }),
  jmesFunction('sha1', ['string'], 'string', {
    doc: 'The SHA-1 of a string in hexadecimal.',
    examples: [["sha1('abc')", 'a9993e364706816aba3e25717850c26c9cd0d89d']],
    evaluate: ([text]) => digest('sha1', text),
  }),
  jmesFunction('md5', ['string'], 'string', {
    doc: 'The MD5 of a string in hexadecimal.',
    examples: [["md5('abc')", '900150983cd24fb0d6963f7d28e17f72']],
    evaluate: ([text]) => digest('md5', text),
  }),
]
