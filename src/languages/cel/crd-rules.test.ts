import { expect, test } from 'vitest'
import type { Json } from '../../core/json.ts'
import type { Schema } from '../../kube/schema.ts'
import type { Rule } from '../../kube/structural-schema/structural-schema.ts'
import { crdRuleCompiler, kubernetesFunctions } from './cel.ts'

const compile = crdRuleCompiler(kubernetesFunctions())

const text: Schema = { type: 'string' }
const whole: Schema = { type: 'integer' }
const object = (properties: Readonly<Record<string, Schema>>): Schema => ({ type: 'object', properties })
const intOrString: Schema = { 'x-kubernetes-int-or-string': true }

/** What is wrong with a rule: the places and messages without the lines of the expression. */
function problemOf(schema: Schema, rule: Rule): string {
  const compiled = compile(rule, schema)
  return compiled.ok ? 'ok' : (compiled.error.split('\n')[0] ?? '')
}

test.each<readonly [Schema, string, string]>([
  [text, 'self', 'cel expression must evaluate to a bool'],
  [intOrString, 'self', 'cel expression must evaluate to a bool'],
  [intOrString, 'self > 1', 'ok'],
  [whole, 'self > 1.0', 'ok'],
  [whole, 'self == 1.0', "compilation failed: ERROR: <input>:1:6: found no matching overload for '_==_' applied to '(int, double)'"],
  [object({ a: text }), 'self.b == 1', "compilation failed: ERROR: <input>:1:5: undefined field 'b'"],
  [{ type: 'object' }, 'self.a == 1', "compilation failed: ERROR: <input>:1:5: undefined field 'a'"],
  [
    { type: 'object', 'x-kubernetes-preserve-unknown-fields': true },
    'self.a == 1',
    "compilation failed: ERROR: <input>:1:5: undefined field 'a'",
  ],
  [
    { type: 'array', items: text },
    'self.all(x, x > 1)',
    "compilation failed: ERROR: <input>:1:15: found no matching overload for '_>_' applied to '(string, int)'",
  ],
  [
    { type: 'object', additionalProperties: whole },
    "self.a > 'x'",
    "compilation failed: ERROR: <input>:1:8: found no matching overload for '_>_' applied to '(int, string)'",
  ],
  [{ type: 'string', format: 'duration' }, "self < duration('1h')", 'ok'],
  [{ type: 'string', format: 'date-time' }, 'self.getFullYear() > 2000', 'ok'],
  [{ type: 'string', format: 'byte' }, "self == b'a'", 'ok'],
  [
    object({ 'a-b': text, for: text, 'a.b': text, a__b: text }),
    "self.a__dash__b + self.__for__ + self.a__dot__b + self.a__underscores__b == ''",
    'ok',
  ],
  [text, "int('x') == 1", "program instantiation failed: type conversion error from 'string' to 'int'"],
  [text, "self.find('(') == ''", 'program instantiation failed: error parsing regexp: missing closing ): `(`'],
  [
    text,
    "authorizer.path('/a').check('get').allowed()",
    "compilation failed: ERROR: <input>:1:1: undeclared reference to 'authorizer' (in container '')",
  ],
])('%j with the rule %s: %s', (schema, rule, problem) => {
  expect(problemOf(schema, { rule })).toBe(problem)
})

test.each([
  ['1', 'messageExpression must evaluate to a string'],
  ['foo', "messageExpression compilation failed: ERROR: <input>:1:1: undeclared reference to 'foo' (in container '')"],
  ["string(int('x'))", "messageExpression instantiation failed: type conversion error from 'string' to 'int'"],
  ['self', 'ok'],
])('the message %s: %s', (messageExpression, problem) => {
  expect(problemOf(text, { rule: "self == ''", messageExpression })).toBe(problem)
})

function verdictOf(schema: Schema, rule: Rule, self: Json, old?: Json): unknown {
  const compiled = compile(rule, schema)
  if (!compiled.ok) throw new Error(compiled.error)
  return compiled.value(self, old)
}

const passed = { passed: true }
const set: Schema = { type: 'array', 'x-kubernetes-list-type': 'set', items: text }
const keyed: Schema = {
  type: 'array',
  'x-kubernetes-list-type': 'map',
  'x-kubernetes-list-map-keys': ['k'],
  items: object({ k: text, v: whole }),
}

test.each<readonly [Schema, string, Json, unknown]>([
  [whole, 'self + 1 > self', 2 ** 63, { error: 'integer overflow' }],
  [object({ a: whole }), 'self.a == 1', { b: 1 }, { error: 'no such key: a' }],
  [intOrString, 'self < 10', 'http', { error: 'no such overload' }],
  [intOrString, "type(self) == int ? self < 10 : self == 'http'", 'http', passed],
  [{ type: 'number' }, 'self == 2.0', 2, passed],
  [{ type: 'number' }, 'type(self) == double', 2, passed],
  [{ type: 'string', format: 'duration' }, "self == duration('90m')", '1h30m', passed],
  [{ type: 'string', format: 'date' }, "self == timestamp('2024-05-06T00:00:00Z')", '2024-05-06', passed],
  [{ type: 'string', format: 'byte' }, "self == b'abc'", 'YWJj', passed],
  [set, "self == ['b', 'a']", ['a', 'b'], passed],
  [set, "(self + ['b', 'c']).size() == 3", ['a', 'b'], passed],
  [keyed, 'self.all(item, has(item.v))', [{ k: 'a' }], { passed: false }],
  [object({ 'a-b': text }), "self.a__dash__b == 'x'", { 'a-b': 'x' }, passed],
  [object({ a: text }), 'has(self.a)', JSON.parse('{"__proto__": {"a": "x"}}') as Json, { passed: false }],
  [{ type: 'object', additionalProperties: text }, "'__proto__' in self", JSON.parse('{"__proto__": "x"}') as Json, passed],
])('%j with the rule %s for %j: %j', (schema, rule, self, verdict) => {
  expect(verdictOf(schema, { rule }, self)).toEqual(verdict)
})

test('lists with keys are equal in any order, and are merged by them', () => {
  const [a, b, other] = [{ k: 'a', v: 1 }, { k: 'b' }, { k: 'a', v: 2 }]
  expect(verdictOf(keyed, { rule: 'self == oldSelf' }, [b, a], [a, b])).toEqual(passed)
  expect(verdictOf(keyed, { rule: 'self == oldSelf' }, [b, other], [a, b])).toEqual({ passed: false })
  expect(verdictOf(keyed, { rule: '(self + oldSelf).size() == 2 && (oldSelf + self)[0].v == 2' }, [other], [a, b])).toEqual(passed)
})

test('an optional oldSelf is there on every run, and plain in messages', () => {
  const rule = {
    rule: '!oldSelf.hasValue() || self == oldSelf.value()',
    optionalOldSelf: true,
    messageExpression: "'was ' + oldSelf.orValue('?')",
  }
  expect(verdictOf(text, rule, 'a')).toEqual(passed)
  expect(verdictOf(text, rule, 'a', 'a')).toEqual(passed)
  expect(verdictOf(text, rule, 'b', 'a')).toEqual({ passed: false, message: 'was a' })
})

test('a message that fails, or is too long, is none', () => {
  expect(verdictOf(whole, { rule: 'self < 0', messageExpression: "['a'][self]" }, 5)).toEqual({ passed: false })
  expect(verdictOf(text, { rule: 'false', messageExpression: 'self' }, 'x'.repeat(6000))).toEqual({ passed: false })
  expect(verdictOf(text, { rule: 'false', messageExpression: 'self' }, 'x'.repeat(60))).toEqual({ passed: false, message: 'x'.repeat(60) })
})
