/** What certificates and keys are shown as: JSON whose integers may be of any size. */
export type Tree = null | boolean | number | bigint | string | readonly Tree[] | TreeObject
export type TreeObject = { readonly [key: string]: Tree }

export const base64 = (bytes: Buffer | undefined): string | null => (bytes === undefined ? null : bytes.toString('base64'))

/** An empty list is not there: `null`, as Go prints it. */
export const orNull = <T extends Tree>(list: readonly T[]): readonly T[] | null => (list.length === 0 ? null : list)
