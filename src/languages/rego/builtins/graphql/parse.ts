import type { Result } from '../../../../core/result.ts'
import { err, ok } from '../../../../core/result.ts'
import type { Document, Node } from './node.ts'
import { lineAndColumnOf } from './node.ts'
import { readQueryDocument } from './query.ts'
import type { Reader } from './reader.ts'
import { newReader, SyntaxProblem } from './reader.ts'
import { readSchemaDocument } from './schema-document.ts'

/** The error is upstream's: `Expected Name, found } in GraphQL string at location 1:5`. */
type Parsed = Result<Document, string>

export const parseQueryDocument = (text: string): Parsed => parse(text, readQueryDocument)
export const parseSchemaDocument = (text: string): Parsed => parse(text, readSchemaDocument)

function parse(text: string, read: (reader: Reader) => Node): Parsed {
  const reader = newReader(text)
  try {
    return ok({ tree: read(reader), text, places: reader.places })
  } catch (error) {
    if (!(error instanceof SyntaxProblem)) throw error
    const { line, column } = lineAndColumnOf(text, error.at)
    return err(`${error.message} in GraphQL string at location ${line}:${column}`)
  }
}
