import type { GoFlag } from './flags.ts'

/** Where the input of a command is: the words differ from command to command, as those of gator do. */
export const filenameFlag = (shorthand: string, doc: string): GoFlag => ({
  name: 'filename',
  shorthand,
  type: 'stringArray',
  many: true,
  doc,
})

export const imageFlags = [
  {
    name: 'image',
    shorthand: 'i',
    type: 'stringArray',
    many: true,
    doc: 'a URL to an OCI image containing policies. Can be specified multiple times.',
  },
] as const

export const tempDirFlag = {
  name: 'tempdir',
  shorthand: 'd',
  type: 'string',
  doc: 'Specifies the temporary directory to download and unpack images to, if using the --image flag. Optional.',
} as const
