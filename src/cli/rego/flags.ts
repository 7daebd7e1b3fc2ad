import type { Flag } from '../command.ts'

export const versionFlags: readonly Flag[] = [
  { name: 'v0-compatible', doc: 'read modules as OPA did before 1.0' },
  { name: 'v1-compatible', doc: 'read modules as OPA does since 1.0, as without it' },
  { name: 'rego-version', argument: 'version', choices: ['v0', 'v1'], doc: 'the version of modules; v1 where it is left out' },
]
export const ignoreFlag: Flag = { name: 'ignore', argument: 'wildcard', many: true, doc: 'leave out files and folders of such a name' }
export const dataFlag: Flag = {
  name: 'data',
  shorthand: 'd',
  argument: 'path',
  many: true,
  doc: 'modules and documents: files, or folders with all in them',
}
export const strictFlag: Flag = { name: 'strict', shorthand: 'S', doc: 'refuse unused variables and imports, and what is deprecated' }

export const bundlesFlag: Flag = {
  name: 'bundle',
  shorthand: 'b',
  argument: 'folder',
  many: true,
  doc: 'as --data, with only data.json and data.yaml of the documents',
}
export const bundleFlag: Flag = {
  name: 'bundle',
  shorthand: 'b',
  doc: 'folders are bundles: of documents only data.json and data.yaml count',
}
