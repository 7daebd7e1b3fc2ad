import type { Command } from '../command.ts'
import { exit } from '../host.ts'
import { checkCommand } from '../rego/check.ts'
import { depsCommand } from '../rego/deps.ts'
import { evalCommand } from '../rego/eval.ts'
import { fmtCommand } from '../rego/fmt.ts'
import { testCommand } from '../rego/test.ts'

export const rego: Command = {
  name: 'rego',
  usage: 'eval|check|test|fmt|deps',
  summary: 'Work with modules of Rego',
  flags: [],
  subcommands: [evalCommand, checkCommand, testCommand, fmtCommand, depsCommand].map((command) => ({ ...command, isBare: true })),
  isBare: true,
  run: (_, __, host) => {
    host.err('expected one of eval, check, test, fmt, deps\nrun `kanon rego --help` for what they do\n')
    return Promise.resolve(exit.unusable)
  },
}
