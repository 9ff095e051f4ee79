// Hashes of structured values: 64-bit FNV-1 over scalars, ordered combination for lists, unordered (XOR) for maps and for the fields of a named struct, as
// Go's mitchellh/hashstructure v1 does. It knows no service; content-hash.ts does.

/** 64 bits as two halves, because integers of JavaScript end at 53. */
export interface Hash { readonly hi: number, readonly lo: number }

/** What an empty list or map hashes to. */
export const ZERO: Hash = { hi: 0, lo: 0 }

/** FNV-1, 64 bits (Fowler, Noll, Vo): for each byte multiply by 2^40 + 0x1b3, then XOR the byte. */
const fnv1 = (bytes: ArrayLike<number>): Hash => {
  let hi = 0xcbf29ce4
  let lo = 0x84222325
  for (let i = 0; i < bytes.length; i++) {
    const low = lo * 0x1b3
    // The carry of the low half, the high half's own product and the low half shifted by 40 stay below 2^53 together.
    hi = (hi * 0x1b3 + Math.floor(low / 0x100000000) + lo * 0x100) % 0x100000000
    lo = ((low % 0x100000000) ^ bytes[i]!) >>> 0
  }
  return { hi, lo }
}

export const hashText = (text: string): Hash => fnv1(Buffer.from(text))

/** Buffer for the fixed-size values; hashing does not yield, so one serves all. */
const scratch = Buffer.alloc(16)

/** An integer of 64 bits; fractions are dropped, what is beyond 2^53 counts as the nearest double. */
export const hashInt = (value: number): Hash => {
  scratch.writeBigInt64LE(BigInt.asIntN(64, BigInt(Math.trunc(value))), 0)
  return fnv1(scratch.subarray(0, 8))
}

export const hashFlag = (value: boolean): Hash => fnv1([value ? 1 : 0])

export const hashFloat = (value: number): Hash => {
  scratch.writeDoubleLE(value, 0)
  return fnv1(scratch.subarray(0, 8))
}

/** What a nil pointer or a null hashes to: the same as the integer 0. */
export const NIL = hashInt(0)

const ordered = (a: Hash, b: Hash): Hash => {
  scratch.writeUInt32LE(a.lo, 0)
  scratch.writeUInt32LE(a.hi, 4)
  scratch.writeUInt32LE(b.lo, 8)
  scratch.writeUInt32LE(b.hi, 12)
  return fnv1(scratch)
}

const unordered = (a: Hash, b: Hash): Hash => ({ hi: (a.hi ^ b.hi) >>> 0, lo: (a.lo ^ b.lo) >>> 0 })

export const hashList = <T> (items: readonly T[], of: (item: T) => Hash): Hash => items.reduce((hash, item) => ordered(hash, of(item)), ZERO)

export const hashMap = <T> (map: Readonly<Record<string, T>>, of: (value: T) => Hash): Hash =>
  Object.keys(map).reduce((hash, key) => unordered(hash, ordered(hashText(key), of(map[key]!))), ZERO)

/** Names of types and fields come again and again. */
const names = new Map<string, Hash>()

const hashName = (name: string): Hash => {
  let hash = names.get(name)
  if (hash === undefined) names.set(name, hash = hashText(name))
  return hash
}

/** A struct by the name of its type. The order of fields does not matter, an absent one does. */
export const hashStruct = (type: string, fields: Readonly<Record<string, Hash>>): Hash =>
  Object.keys(fields).reduce((hash, name) => unordered(hash, ordered(hashName(name), fields[name]!)), hashName(type))

/** Any JSON value. */
export const hashAny = (value: unknown): Hash => {
  switch (typeof value) {
    case 'string': return hashText(value)
    case 'number': return hashFloat(value)
    case 'boolean': return hashFlag(value)
    case 'object':
      if (value === null) return NIL
      return Array.isArray(value) ? hashList(value, hashAny) : hashMap(value as Record<string, unknown>, hashAny)
    default: return NIL
  }
}

/** Hex without leading zeros. */
export const hexOf = ({ hi, lo }: Hash): string => hi === 0 ? lo.toString(16) : hi.toString(16) + lo.toString(16).padStart(8, '0')
