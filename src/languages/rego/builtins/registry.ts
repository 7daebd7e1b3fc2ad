import { aggregateBuiltins } from './aggregates.ts'
import { arrayBuiltins } from './arrays.ts'
import { awsBuiltins } from './aws.ts'
import { bitBuiltins } from './bits.ts'
import { cidrBuiltins } from './cidr.ts'
import { comparisonBuiltins } from './comparison.ts'
import type { Builtin } from './contract.ts'
import { cryptoBuiltins } from './crypto.ts'
import { encodingBuiltins } from './encoding.ts'
import { globBuiltins } from './glob.ts'
import { graphBuiltins } from './graph.ts'
import { graphqlBuiltins } from './graphql.ts'
import { httpBuiltins } from './http-send.ts'
import { jsonPatchBuiltins } from './json-patch.ts'
import { jsonPathBuiltins } from './json-paths.ts'
import { jsonSchemaBuiltins } from './json-schema.ts'
import { jsonBuiltins } from './json.ts'
import { jwtBuiltins } from './jwt.ts'
import { numberBuiltins } from './numbers.ts'
import { objectBuiltins } from './objects.ts'
import { printBuiltins } from './print.ts'
import { providerBuiltins } from './providers.ts'
import { randBuiltins } from './rand.ts'
import { regexBuiltins } from './regex.ts'
import { templateBuiltins } from './render-template.ts'
import { regoBuiltins } from './rego.ts'
import { semverBuiltins } from './semver.ts'
import { setBuiltins } from './sets.ts'
import { sprintfBuiltins } from './sprintf.ts'
import { stringBuiltins } from './strings.ts'
import { timeBuiltins } from './time.ts'
import { typeBuiltins } from './types.ts'
import { unitBuiltins } from './units.ts'
import { uriBuiltins } from './uri.ts'
import { uuidBuiltins } from './uuid.ts'
import { walkBuiltins } from './walk.ts'
import { yamlBuiltins } from './yaml.ts'

const groups: readonly (readonly Builtin[])[] = [
  aggregateBuiltins,
  arrayBuiltins,
  awsBuiltins,
  bitBuiltins,
  cidrBuiltins,
  comparisonBuiltins,
  cryptoBuiltins,
  encodingBuiltins,
  globBuiltins,
  graphBuiltins,
  graphqlBuiltins,
  httpBuiltins,
  jsonBuiltins,
  jsonPatchBuiltins,
  jsonPathBuiltins,
  jsonSchemaBuiltins,
  jwtBuiltins,
  numberBuiltins,
  objectBuiltins,
  printBuiltins,
  providerBuiltins,
  randBuiltins,
  regexBuiltins,
  regoBuiltins,
  semverBuiltins,
  setBuiltins,
  sprintfBuiltins,
  stringBuiltins,
  templateBuiltins,
  timeBuiltins,
  typeBuiltins,
  unitBuiltins,
  uriBuiltins,
  uuidBuiltins,
  walkBuiltins,
  yamlBuiltins,
]

/** Every built-in by its name. */
export const builtins: ReadonlyMap<string, Builtin> = new Map(groups.flat().map((builtin) => [builtin.name, builtin]))
