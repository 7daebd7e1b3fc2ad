import { expect, test } from 'vitest'
import type { CelType } from './cel.ts'
import { admissionVariables, compileCel, formatCelDiagnostics, formatRuntimeType, kubernetesFunctions } from './cel.ts'

/* What is wrong with expressions, as kube-apiserver 1.36 words it: places and messages. `ok` where nothing is. */

const functions = kubernetesFunctions()
const variables = admissionVariables({ namespace: true })

function problemsOf(expression: string): string {
  const refuses = (type: CelType): string | undefined =>
    type.kind === 'bool' ? undefined : `must evaluate to bool but got ${formatRuntimeType(type)}`
  const compiled = compileCel(expression, { variables, functions, refuses })
  if (compiled.ok) return 'ok'
  const [first] = compiled.error
  if (first?.code === 'cel-result') return first.message
  const messages = formatCelDiagnostics(compiled.error).split(/\n(?=ERROR)/)
  return messages.map((message) => (message.split('\n |')[0] ?? '').replace('ERROR: <input>:', '')).join(' / ')
}

test.each([
  ['object.true == 1', "1:8: Syntax error: mismatched input 'true' expecting IDENTIFIER"],
  [
    'object.in',
    "1:8: Syntax error: no viable alternative at input '.in' / 1:10: Syntax error: mismatched input '<EOF>' expecting {'[', '{', '(', '.', '-', '!', 'true', 'false', 'null', NUM_FLOAT, NUM_INT, NUM_UINT, STRING, BYTES, IDENTIFIER}",
  ],
  ['object.', "1:8: Syntax error: no viable alternative at input '.'"],
  [
    '[1].existsOne(x, x==1)',
    "1:14: undeclared reference to 'existsOne' (in container '') / 1:15: undeclared reference to 'x' (in container '') / 1:18: undeclared reference to 'x' (in container '')",
  ],
  ['[1].all(x.y, x==1)', '1:10: argument must be a simple name'],
  ['[1].all(x.y, z, x==1)', '1:10: argument must be a simple name'],
  ['[1].all(x, x, x==1)', '1:12: duplicate variable name: x'],
  ['[1].map(x.y, x)', '1:10: argument is not an identifier'],
  ['[1].filter(x.y, x)', '1:13: argument is not an identifier'],
  ['[1].exists_one(x.y, x)', '1:17: argument must be a simple name'],
  ['[1].transformList(x.y, z, x)', '1:20: argument must be a simple name'],
  ['[1].transformMap(x, x, x)', '1:21: duplicate variable name: x'],
  ['optional.of(1).optMap(x.y, x)', '1:24: optMap() variable name must be a simple identifier'],
  ['[1].sortBy(x.y, x)', '1:13: argument is not an identifier'],
  [
    '1 + +',
    "1:5: Syntax error: mismatched input '+' expecting {'[', '{', '(', '.', '-', '!', 'true', 'false', 'null', NUM_FLOAT, NUM_INT, NUM_UINT, STRING, BYTES, IDENTIFIER} / 1:6: Syntax error: mismatched input '<EOF>' expecting {'[', '{', '(', '.', '-', '!', 'true', 'false', 'null', NUM_FLOAT, NUM_INT, NUM_UINT, STRING, BYTES, IDENTIFIER}",
  ],
  [
    'a &&',
    "1:5: Syntax error: mismatched input '<EOF>' expecting {'[', '{', '(', '.', '-', '!', 'true', 'false', 'null', NUM_FLOAT, NUM_INT, NUM_UINT, STRING, BYTES, IDENTIFIER}",
  ],
  ['(a', "1:3: Syntax error: missing ')' at '<EOF>'"],
  ['a b', "1:3: Syntax error: extraneous input 'b' expecting <EOF>"],
  [
    'a.b.c(',
    "1:7: Syntax error: mismatched input '<EOF>' expecting {'[', '{', '(', ')', '.', '-', '!', 'true', 'false', 'null', NUM_FLOAT, NUM_INT, NUM_UINT, STRING, BYTES, IDENTIFIER}",
  ],
  ['foo{a: b}', "1:4: undeclared reference to 'foo' (in container '')"],
  [
    "'abc",
    "1:1: Syntax error: token recognition error at: ''abc' / 1:5: Syntax error: mismatched input '<EOF>' expecting {'[', '{', '(', '.', '-', '!', 'true', 'false', 'null', NUM_FLOAT, NUM_INT, NUM_UINT, STRING, BYTES, IDENTIFIER}",
  ],
  ['"\\udead"', '1:1: invalid unicode code point'],
  [
    'a == ',
    "1:6: Syntax error: mismatched input '<EOF>' expecting {'[', '{', '(', '.', '-', '!', 'true', 'false', 'null', NUM_FLOAT, NUM_INT, NUM_UINT, STRING, BYTES, IDENTIFIER}",
  ],
  ['object.spec.replicas <= 5)', "1:26: Syntax error: extraneous input ')' expecting <EOF>"],
  [
    'object.spec.replicas =< 5',
    "1:22: Syntax error: token recognition error at: '=<' / 1:25: Syntax error: extraneous input '5' expecting <EOF>",
  ],
  [
    'object.spec.replicas = 5',
    "1:22: Syntax error: token recognition error at: '= ' / 1:24: Syntax error: extraneous input '5' expecting <EOF>",
  ],
  ['has(object)', '1:5: invalid argument to has() macro'],
  ['has(object.a.b()', "1:15: invalid argument to has() macro / 1:17: Syntax error: missing ')' at '<EOF>'"],
  ['has(object[0])', '1:11: invalid argument to has() macro'],
  ['has(object.a, object.b)', "1:4: undeclared reference to 'has' (in container '')"],
  ['has()', "1:4: undeclared reference to 'has' (in container '')"],
  ['if (a) b', "1:1: reserved identifier: if / 1:8: Syntax error: extraneous input 'b' expecting <EOF>"],
  ['object.metadata.name.startsWith("a"', "1:36: Syntax error: missing ')' at '<EOF>'"],
  ['a ? b', "1:6: Syntax error: mismatched input '<EOF>' expecting ':'"],
  [
    'a ? b :',
    "1:8: Syntax error: mismatched input '<EOF>' expecting {'[', '{', '(', '.', '-', '!', 'true', 'false', 'null', NUM_FLOAT, NUM_INT, NUM_UINT, STRING, BYTES, IDENTIFIER}",
  ],
  [
    'a ? : b',
    "1:5: Syntax error: extraneous input ':' expecting {'[', '{', '(', '.', '-', '!', 'true', 'false', 'null', NUM_FLOAT, NUM_INT, NUM_UINT, STRING, BYTES, IDENTIFIER} / 1:8: Syntax error: mismatched input '<EOF>' expecting ':'",
  ],
  ['[1,', "1:4: Syntax error: missing ']' at '<EOF>'"],
  ['[1', "1:3: Syntax error: mismatched input '<EOF>' expecting {']', ','}"],
  [
    '[',
    "1:2: Syntax error: mismatched input '<EOF>' expecting {'[', ']', '{', '(', '.', ',', '-', '!', '?', 'true', 'false', 'null', NUM_FLOAT, NUM_INT, NUM_UINT, STRING, BYTES, IDENTIFIER}",
  ],
  [
    '{1:',
    "1:4: Syntax error: mismatched input '<EOF>' expecting {'[', '{', '(', '.', '-', '!', 'true', 'false', 'null', NUM_FLOAT, NUM_INT, NUM_UINT, STRING, BYTES, IDENTIFIER}",
  ],
  ['{1', "1:3: Syntax error: mismatched input '<EOF>' expecting ':'"],
  [
    '{',
    "1:2: Syntax error: mismatched input '<EOF>' expecting {'[', '{', '}', '(', '.', ',', '-', '!', '?', 'true', 'false', 'null', NUM_FLOAT, NUM_INT, NUM_UINT, STRING, BYTES, IDENTIFIER}",
  ],
  ['{1:2', "1:5: Syntax error: mismatched input '<EOF>' expecting {'}', ','}"],
  ['{1:2,', "1:6: Syntax error: missing '}' at '<EOF>'"],
  ['x.map(a', "1:8: Syntax error: missing ')' at '<EOF>'"],
  [
    '!',
    "1:2: Syntax error: extraneous input '<EOF>' expecting {'[', '{', '(', '.', '-', '!', 'true', 'false', 'null', NUM_FLOAT, NUM_INT, NUM_UINT, STRING, BYTES, IDENTIFIER}",
  ],
  [
    '-',
    "1:2: Syntax error: no viable alternative at input '-' / 1:2: Syntax error: mismatched input '<EOF>' expecting {'[', '{', '(', '.', '-', '!', 'true', 'false', 'null', NUM_FLOAT, NUM_INT, NUM_UINT, STRING, BYTES, IDENTIFIER}",
  ],
  [
    '--',
    "1:3: Syntax error: no viable alternative at input '-' / 1:3: Syntax error: mismatched input '<EOF>' expecting {'[', '{', '(', '.', '-', '!', 'true', 'false', 'null', NUM_FLOAT, NUM_INT, NUM_UINT, STRING, BYTES, IDENTIFIER}",
  ],
  [
    '!!',
    "1:3: Syntax error: extraneous input '<EOF>' expecting {'[', '{', '(', '.', '-', '!', 'true', 'false', 'null', NUM_FLOAT, NUM_INT, NUM_UINT, STRING, BYTES, IDENTIFIER}",
  ],
  ['a and b', "1:3: Syntax error: mismatched input 'and' expecting <EOF>"],
  [
    'object.spec.x[',
    "1:15: Syntax error: mismatched input '<EOF>' expecting {'[', '{', '(', '.', '-', '!', '?', 'true', 'false', 'null', NUM_FLOAT, NUM_INT, NUM_UINT, STRING, BYTES, IDENTIFIER}",
  ],
  ['object.spec.x[0', "1:16: Syntax error: missing ']' at '<EOF>'"],
  ['object..spec', "1:8: Syntax error: no viable alternative at input '..'"],
  ['.object', 'must evaluate to bool but got dyn'],
  ['1 2 3', "1:3: Syntax error: mismatched input '2' expecting <EOF>"],
  [
    '@',
    "1:1: Syntax error: token recognition error at: '@' / 1:2: Syntax error: mismatched input '<EOF>' expecting {'[', '{', '(', '.', '-', '!', 'true', 'false', 'null', NUM_FLOAT, NUM_INT, NUM_UINT, STRING, BYTES, IDENTIFIER}",
  ],
  ['object.spec.containers.all(c, c.image', "1:38: Syntax error: missing ')' at '<EOF>'"],
  ['object.spec.containers.all(c c.image)', "1:30: Syntax error: mismatched input 'c' expecting ')'"],
  ['var', '1:1: reserved identifier: var'],
  [
    'a.b(c,)',
    "1:7: Syntax error: mismatched input ')' expecting {'[', '{', '(', '.', '-', '!', 'true', 'false', 'null', NUM_FLOAT, NUM_INT, NUM_UINT, STRING, BYTES, IDENTIFIER}",
  ],
  ['[1,2,]', 'must evaluate to bool but got list(int)'],
  ['{1:2,}', 'must evaluate to bool but got map(int, int)'],
  ['a.exists(1, true)', '1:10: argument must be a simple name'],
  [
    'true && ',
    "1:9: Syntax error: mismatched input '<EOF>' expecting {'[', '{', '(', '.', '-', '!', 'true', 'false', 'null', NUM_FLOAT, NUM_INT, NUM_UINT, STRING, BYTES, IDENTIFIER}",
  ],
  [
    '&& true',
    "1:1: Syntax error: extraneous input '&&' expecting {'[', '{', '(', '.', '-', '!', 'true', 'false', 'null', NUM_FLOAT, NUM_INT, NUM_UINT, STRING, BYTES, IDENTIFIER}",
  ],
  [
    'a || || b',
    "1:6: Syntax error: extraneous input '||' expecting {'[', '{', '(', '.', '-', '!', 'true', 'false', 'null', NUM_FLOAT, NUM_INT, NUM_UINT, STRING, BYTES, IDENTIFIER}",
  ],
  ['0x', "1:2: Syntax error: extraneous input 'x' expecting <EOF>"],
  ['1.', "1:3: Syntax error: no viable alternative at input '.'"],
  ['1e', "1:2: Syntax error: extraneous input 'e' expecting <EOF>"],
  ['08', 'must evaluate to bool but got int'],
  [
    'é',
    "1:1: Syntax error: token recognition error at: 'é' / 1:2: Syntax error: mismatched input '<EOF>' expecting {'[', '{', '(', '.', '-', '!', 'true', 'false', 'null', NUM_FLOAT, NUM_INT, NUM_UINT, STRING, BYTES, IDENTIFIER}",
  ],
  ["object.a == 'é' && foo", "1:20: undeclared reference to 'foo' (in container '')"],
  ['object.`b-c` == 1', "1:8: unsupported syntax: '`'"],
  ['object.a.in.b', "1:10: Syntax error: no viable alternative at input '.in'"],
  ['object.for == 1', 'ok'],
  [
    'in',
    "1:1: Syntax error: mismatched input 'in' expecting {'[', '{', '(', '.', '-', '!', 'true', 'false', 'null', NUM_FLOAT, NUM_INT, NUM_UINT, STRING, BYTES, IDENTIFIER} / 1:3: Syntax error: mismatched input '<EOF>' expecting {'[', '{', '(', '.', '-', '!', 'true', 'false', 'null', NUM_FLOAT, NUM_INT, NUM_UINT, STRING, BYTES, IDENTIFIER}",
  ],
  [
    'a in',
    "1:5: Syntax error: mismatched input '<EOF>' expecting {'[', '{', '(', '.', '-', '!', 'true', 'false', 'null', NUM_FLOAT, NUM_INT, NUM_UINT, STRING, BYTES, IDENTIFIER}",
  ],
  [
    'a in b in',
    "1:10: Syntax error: mismatched input '<EOF>' expecting {'[', '{', '(', '.', '-', '!', 'true', 'false', 'null', NUM_FLOAT, NUM_INT, NUM_UINT, STRING, BYTES, IDENTIFIER}",
  ],
  [
    '?',
    "1:1: Syntax error: mismatched input '?' expecting {'[', '{', '(', '.', '-', '!', 'true', 'false', 'null', NUM_FLOAT, NUM_INT, NUM_UINT, STRING, BYTES, IDENTIFIER} / 1:2: Syntax error: mismatched input '<EOF>' expecting {'[', '{', '(', '.', '-', '!', 'true', 'false', 'null', NUM_FLOAT, NUM_INT, NUM_UINT, STRING, BYTES, IDENTIFIER}",
  ],
  [
    'a ?? b',
    "1:4: Syntax error: extraneous input '?' expecting {'[', '{', '(', '.', '-', '!', 'true', 'false', 'null', NUM_FLOAT, NUM_INT, NUM_UINT, STRING, BYTES, IDENTIFIER} / 1:7: Syntax error: mismatched input '<EOF>' expecting ':'",
  ],
  ['a.b.', "1:5: Syntax error: no viable alternative at input '.'"],
  ['a.1', "1:2: Syntax error: extraneous input '.1' expecting <EOF>"],
  ["a.'b'", "1:3: Syntax error: no viable alternative at input '.'b''"],
  [
    'a[]',
    "1:3: Syntax error: mismatched input ']' expecting {'[', '{', '(', '.', '-', '!', '?', 'true', 'false', 'null', NUM_FLOAT, NUM_INT, NUM_UINT, STRING, BYTES, IDENTIFIER}",
  ],
  ['a[1', "1:4: Syntax error: missing ']' at '<EOF>'"],
  ['a[1,2]', "1:4: Syntax error: mismatched input ',' expecting ']'"],
  ['f(1 2)', "1:5: Syntax error: extraneous input '2' expecting ')'"],
  [
    'f(1,,2)',
    "1:5: Syntax error: extraneous input ',' expecting {'[', '{', '(', '.', '-', '!', 'true', 'false', 'null', NUM_FLOAT, NUM_INT, NUM_UINT, STRING, BYTES, IDENTIFIER}",
  ],
  [
    'f(,1)',
    "1:3: Syntax error: extraneous input ',' expecting {'[', '{', '(', ')', '.', '-', '!', 'true', 'false', 'null', NUM_FLOAT, NUM_INT, NUM_UINT, STRING, BYTES, IDENTIFIER}",
  ],
  ['f)', "1:2: Syntax error: extraneous input ')' expecting <EOF>"],
  ['((a)', "1:5: Syntax error: missing ')' at '<EOF>'"],
  ['(a))', "1:4: Syntax error: extraneous input ')' expecting <EOF>"],
  ['[1 2]', "1:4: Syntax error: extraneous input '2' expecting {']', ','}"],
  ['{1:2 3:4}', "1:6: Syntax error: mismatched input '3' expecting {'}', ','}"],
  ['{1 2}', "1:4: Syntax error: missing ':' at '2'"],
  ['{a}', "1:3: Syntax error: mismatched input '}' expecting ':'"],
  ['a{b}', "1:4: Syntax error: mismatched input '}' expecting ':'"],
  [
    'a{b:}',
    "1:5: Syntax error: mismatched input '}' expecting {'[', '{', '(', '.', '-', '!', 'true', 'false', 'null', NUM_FLOAT, NUM_INT, NUM_UINT, STRING, BYTES, IDENTIFIER}",
  ],
  ['a{b:1', "1:6: Syntax error: mismatched input '<EOF>' expecting {'}', ','}"],
  ['a{b:1,', "1:7: Syntax error: missing '}' at '<EOF>'"],
  ['a{1:2}', "1:3: Syntax error: mismatched input '1' expecting {'}', ',', '?', IDENTIFIER, ESC_IDENTIFIER}"],
  ['a{:1}', "1:3: Syntax error: mismatched input ':' expecting {'}', ',', '?', IDENTIFIER, ESC_IDENTIFIER}"],
  ['a.b{c: 1}', "1:4: undeclared reference to 'a.b' (in container '')"],
  [
    '"a\\q"',
    "1:1: Syntax error: token recognition error at: '\"a\\q' / 1:5: Syntax error: token recognition error at: '\"' / 1:6: Syntax error: mismatched input '<EOF>' expecting {'[', '{', '(', '.', '-', '!', 'true', 'false', 'null', NUM_FLOAT, NUM_INT, NUM_UINT, STRING, BYTES, IDENTIFIER}",
  ],
  ["'a\nb'", "1:1: Syntax error: token recognition error at: ''a\n' / 2:2: Syntax error: token recognition error at: '''"],
  ["r'a\\d'", 'must evaluate to bool but got string'],
  ["b'\\u00e9'", '1:1: unable to unescape string'],
  ["b'\\xff' == b''", 'ok'],
  ['1u + 1', "1:4: found no matching overload for '_+_' applied to '(uint, int)'"],
  ['18446744073709551616u', '1:1: invalid uint literal'],
  ['9223372036854775808', '1:1: invalid int literal'],
  ['-9223372036854775808 == 0', 'ok'],
  ['1.5e999', '1:1: invalid double literal'],
  ['- 1 == 1', 'ok'],
  ['-a == 1', "1:2: undeclared reference to 'a' (in container '')"],
  ['!a', "1:2: undeclared reference to 'a' (in container '')"],
  ['!1', "1:1: found no matching overload for '!_' applied to '(int)'"],
  ["-'a'", "1:1: found no matching overload for '-_' applied to '(string)'"],
  ['--1 == 1', 'ok'],
  ['- -1 == 1', 'ok'],
  ["a.b == 'x' // c", "1:1: undeclared reference to 'a' (in container '')"],
  [
    '// only',
    "1:8: Syntax error: mismatched input '<EOF>' expecting {'[', '{', '(', '.', '-', '!', 'true', 'false', 'null', NUM_FLOAT, NUM_INT, NUM_UINT, STRING, BYTES, IDENTIFIER}",
  ],
  ['a = b', "1:3: Syntax error: token recognition error at: '= ' / 1:5: Syntax error: extraneous input 'b' expecting <EOF>"],
  ['a === b', "1:5: Syntax error: token recognition error at: '= '"],
  ['a !== b', "1:5: Syntax error: token recognition error at: '= '"],
  [
    'a <> b',
    "1:4: Syntax error: extraneous input '>' expecting {'[', '{', '(', '.', '-', '!', 'true', 'false', 'null', NUM_FLOAT, NUM_INT, NUM_UINT, STRING, BYTES, IDENTIFIER}",
  ],
  ['a | b', "1:3: Syntax error: token recognition error at: '| ' / 1:5: Syntax error: extraneous input 'b' expecting <EOF>"],
  ['a & b', "1:3: Syntax error: token recognition error at: '& ' / 1:5: Syntax error: extraneous input 'b' expecting <EOF>"],
  ['a ~ b', "1:3: Syntax error: token recognition error at: '~' / 1:5: Syntax error: extraneous input 'b' expecting <EOF>"],
  ['a # b', "1:3: Syntax error: token recognition error at: '#' / 1:5: Syntax error: extraneous input 'b' expecting <EOF>"],
  ['$a', "1:1: Syntax error: token recognition error at: '$'"],
  ['a\\b', "1:2: Syntax error: token recognition error at: '\\' / 1:3: Syntax error: extraneous input 'b' expecting <EOF>"],
  ['a;b', "1:2: Syntax error: token recognition error at: ';' / 1:3: Syntax error: extraneous input 'b' expecting <EOF>"],
  ['a.b()c', "1:6: Syntax error: extraneous input 'c' expecting <EOF>"],
  ["x == 'a' 'b'", "1:10: Syntax error: extraneous input ''b'' expecting <EOF>"],
  [
    "'' == \"",
    "1:7: Syntax error: token recognition error at: '\"' / 1:8: Syntax error: mismatched input '<EOF>' expecting {'[', '{', '(', '.', '-', '!', 'true', 'false', 'null', NUM_FLOAT, NUM_INT, NUM_UINT, STRING, BYTES, IDENTIFIER}",
  ],
  ['object.all(c, c)', 'ok'],
  ['[1].all(c, c)', "1:12: expected type 'bool' but found 'int'"],
  ["[1].all(c, c > 'a')", "1:14: found no matching overload for '_>_' applied to '(int, string)'"],
  ["{'a':1}.all(c, c > 1)", "1:18: found no matching overload for '_>_' applied to '(string, int)'"],
  ["object.spec.replicas > 'a'", 'ok'],
  ["'a' + 1", "1:5: found no matching overload for '_+_' applied to '(string, int)'"],
  ['foo()', "1:4: undeclared reference to 'foo' (in container '')"],
  ['foo.bar()', "1:1: undeclared reference to 'foo' (in container '') / 1:8: undeclared reference to 'bar' (in container '')"],
  ["'a'.foo()", "1:8: undeclared reference to 'foo' (in container '')"],
  ['object.foo()', "1:11: undeclared reference to 'foo' (in container '')"],
  ['string()', "1:7: found no matching overload for 'string' applied to '()'"],
  ['string(1,2)', "1:7: found no matching overload for 'string' applied to '(int, int)'"],
  ['size()', "1:5: found no matching overload for 'size' applied to '()'"],
  ["'a'.contains(1)", "1:13: found no matching overload for 'contains' applied to 'string.(int)'"],
  ["'a'.startsWith()", "1:15: found no matching overload for 'startsWith' applied to 'string.()'"],
  ["1 in 'a'", "1:3: found no matching overload for '@in' applied to '(int, string)'"],
  ["has(object.a.b) && has('a'.b)", "1:23: type 'string' does not support field selection"],
  ["'a'.b", "1:4: type 'string' does not support field selection"],
  ['1.b', "1:2: type 'int' does not support field selection"],
  ['true.b', "1:5: type 'bool' does not support field selection"],
  ['[1].b', "1:4: type 'list(int)' does not support field selection"],
  ["{'a': 1}.a", 'must evaluate to bool but got int'],
  ["[1]['a'] == 1", "1:4: found no matching overload for '_[_]' applied to '(list(int), string)'"],
  ["{'a':1}[1] == 1", "1:8: found no matching overload for '_[_]' applied to '(map(string, int), int)'"],
  ["true ? 1 : 'a'", "1:6: found no matching overload for '_?_:_' applied to '(bool, int, string)'"],
  ["true ? dyn(1) : 'a'", 'must evaluate to bool but got dyn'],
  ['1 ? true : false', "1:3: found no matching overload for '_?_:_' applied to '(int, bool, bool)'"],
  ['1 && true', "1:1: expected type 'bool' but found 'int'"],
  ["true || 'a'", "1:9: expected type 'bool' but found 'string'"],
  ['1', 'must evaluate to bool but got int'],
  ["'a'", 'must evaluate to bool but got string'],
  ['[1]', 'must evaluate to bool but got list(int)'],
  ['{}', 'must evaluate to bool but got map(dyn, dyn)'],
  ['null', 'must evaluate to bool but got null_type'],
  ['object', 'must evaluate to bool but got dyn'],
  ['object.a', 'must evaluate to bool but got dyn'],
  ["duration('1h')", 'must evaluate to bool but got google.protobuf.Duration'],
  ['int', 'must evaluate to bool but got type(int)'],
  ['type(1) == int', 'ok'],
  ['type(1) == foo', "1:12: undeclared reference to 'foo' (in container '')"],
  ["timestamp('x') == timestamp('x')", '1:11: invalid timestamp argument / 1:29: invalid timestamp argument'],
  ['Object{}', "1:7: undeclared reference to 'Object' (in container '')"],
  ['JSONPatch{}', "1:10: undeclared reference to 'JSONPatch' (in container '')"],
  ["authorizer.group('').resource('pods').check('get').allowed()", 'ok'],
  ['authorizer.foo()', "1:15: undeclared reference to 'foo' (in container '')"],
  ['request.foo', "1:8: undefined field 'foo'"],
  ['request.name == 1', "1:14: found no matching overload for '_==_' applied to '(string, int)'"],
  ['request.userInfo.foo', "1:17: undefined field 'foo'"],
  ['request.kind.group == 1', "1:20: found no matching overload for '_==_' applied to '(string, int)'"],
  ["request.operation == 'CREATE'", 'ok'],
  ['namespaceObject.foo', "1:16: undefined field 'foo'"],
  ['namespaceObject.metadata.name == 1', "1:31: found no matching overload for '_==_' applied to '(string, int)'"],
  ["namespaceObject.metadata.labels['a'] == 1", "1:38: found no matching overload for '_==_' applied to '(string, int)'"],
  ['namespaceObject.spec.finalizers[0] == 1', "1:36: found no matching overload for '_==_' applied to '(string, int)'"],
  ['namespaceObject.status.phase == 1', "1:30: found no matching overload for '_==_' applied to '(string, int)'"],
  ['params.x == 1', "1:1: undeclared reference to 'params' (in container '')"],
  ["authorizer.requestResource.check('get').allowed()", 'ok'],
  ['oldObject.x == 1', 'ok'],
  ['request.dryRun == 1', "1:16: found no matching overload for '_==_' applied to '(bool, int)'"],
  ['request.options.a == 1', 'ok'],
  ["request.userInfo.extra['a'][0] == 1", "1:32: found no matching overload for '_==_' applied to '(string, int)'"],
  ['request.requestKind.foo', "1:20: undefined field 'foo'"],
  ['request.subResource == 1', "1:21: found no matching overload for '_==_' applied to '(string, int)'"],
  ['namespaceObject.metadata.creationTimestamp == 1', "1:44: found no matching overload for '_==_' applied to '(timestamp, int)'"],
  ['namespaceObject.metadata.managedFields == 1', "1:25: undefined field 'managedFields'"],
  ["namespaceObject.metadata.deletionGracePeriodSeconds == ''", "1:53: found no matching overload for '_==_' applied to '(int, string)'"],
  [
    'namespaceObject.status.conditions[0].lastTransitionTime == 1',
    "1:57: found no matching overload for '_==_' applied to '(timestamp, int)'",
  ],
  ['namespaceObject.metadata.ownerReferences == 1', "1:25: undefined field 'ownerReferences'"],
  ['request.object == 1', "1:8: undefined field 'object'"],
])('%s: %s', (expression, problems) => {
  expect(problemsOf(expression)).toBe(problems)
})

test('a problem is printed with its line and a caret, wide where the text is wide', () => {
  const compiled = compileCel("object.x == 'é' &&\n\tfoo == '日本' + 1", { variables, functions })
  expect(compiled.ok ? '' : formatCelDiagnostics(compiled.error)).toBe(
    [
      "ERROR: <input>:2:2: undeclared reference to 'foo' (in container '')",
      " |  foo == '日本' + 1",
      ' | .^',
      "ERROR: <input>:2:14: found no matching overload for '_+_' applied to '(string, int)'",
      " |  foo == '日本' + 1",
      ' | .........．．..^',
    ].join('\n'),
  )
})

test.each([
  ['a.?b && a[?b]', "1:2: unsupported syntax '.?' / 1:10: unsupported syntax '[?'"],
  ["{?'key': value}", "1:2: unsupported syntax '?'"],
  ['[?a, ?b]', "1:2: unsupported syntax '?' / 1:6: unsupported syntax '?'"],
  ['[1].existsOne(i, v, true)', "1:14: undeclared reference to 'existsOne' (in container '')"],
  ["ip('1.1.1.1').family() == 4", "1:3: undeclared reference to 'ip' (in container '')"],
])('before its Kubernetes release: %s: %s', (expression, problems) => {
  const compiled = compileCel(expression, { variables, functions: kubernetesFunctions('v1.27.3') })
  const found = compiled.ok ? [] : compiled.error
  const shown = found.map(({ span, message }) => `1:${span.start + 1}: ${message}`).join(' / ')
  expect(shown).toContain(problems)
})
