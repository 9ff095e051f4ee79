// UUIDs as Consul checks them.

/** Why a text is no UUID; `undefined` when it is one. */
export function uuidError (text: string): string | undefined {
  if (text.length !== 36) return 'uuid string is wrong length'
  if (text[8] !== '-' || text[13] !== '-' || text[18] !== '-' || text[23] !== '-') return 'uuid is improperly formatted'
  const bad = /[^0-9a-f]/i.exec(text.replaceAll('-', ''))
  if (bad !== null) return `encoding/hex: invalid byte: U+${bad[0].codePointAt(0)!.toString(16).toUpperCase().padStart(4, '0')} '${bad[0]}'`
  return undefined
}
