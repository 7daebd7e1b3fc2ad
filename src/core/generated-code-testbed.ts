/** What the engine has said against code since it was watched: whoever generates falls back in silence. */
export function watchGeneratedCode(): { readonly refused: readonly unknown[]; readonly end: () => void } {
  const { Function: original } = globalThis
  const refused: unknown[] = []
  globalThis.Function = new Proxy(original, {
    construct: (target, args) => {
      try {
        return Reflect.construct(target, args) as object
      } catch (error) {
        refused.push(error)
        throw error
      }
    },
  })
  return {
    refused,
    end: () => {
      globalThis.Function = original
    },
  }
}
