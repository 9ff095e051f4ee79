// Headers of a tar archive, in and out: just the plain files that a snapshot is made of. Source of the layout: POSIX.1-1988, ustar.

export const BLOCK_BYTES = 512

const NAME = { at: 0, length: 100 } as const
const MODE_AT = 100
const UID_AT = 108
const GID_AT = 116
const SIZE = { at: 124, length: 12 } as const
const TIME = { at: 136, length: 12 } as const
const SUM = { at: 148, length: 8 } as const
const TYPE_AT = 156
const MAGIC_AT = 257

export interface TarFile {
  readonly name: string
  /** Bytes of the file. */
  readonly size: number
}

/** Why a block is no header of a plain file. */
export class TarError extends Error {}

/** @param seconds since 1970, when the file was made */
export function encodeTarHeader ({ name, size }: TarFile, seconds: number): Buffer {
  const header = Buffer.alloc(BLOCK_BYTES)
  header.write(name, NAME.at, NAME.length, 'latin1')
  header.write('0000600\0', MODE_AT, 'latin1')
  header.write('0000000\0', UID_AT, 'latin1')
  header.write('0000000\0', GID_AT, 'latin1')
  header.write(number(size, SIZE.length), SIZE.at, 'latin1')
  header.write(number(seconds, TIME.length), TIME.at, 'latin1')
  header.write('0', TYPE_AT, 'latin1')
  header.write('ustar\x0000', MAGIC_AT, 'latin1')
  header.write(`${checksum(header).toString(8).padStart(6, '0')}\0 `, SUM.at, 'latin1')
  return header
}

/** Eleven octal digits reach 8 GiB; larger files are none that this process could hold. */
const number = (n: number, length: number): string => `${n.toString(8).padStart(length - 1, '0')}\0`

/** The sum of all bytes, those of the sum itself counted as blanks. */
function checksum (header: Buffer): number {
  let sum = 0
  for (let i = 0; i < BLOCK_BYTES; i++) sum += i >= SUM.at && i < SUM.at + SUM.length ? 0x20 : header[i]!
  return sum
}

/** @throws TarError */
export function decodeTarHeader (header: Buffer): TarFile {
  const text = (at: number, length: number): string => header.toString('latin1', at, at + length).split('\0', 1)[0]!.trim()
  const octal = (at: number, length: number): number => {
    const digits = text(at, length)
    return /^[0-7]+$/.test(digits) ? Number.parseInt(digits, 8) : NaN
  }
  const size = octal(SIZE.at, SIZE.length)
  if (octal(SUM.at, SUM.length) !== checksum(header) || !Number.isSafeInteger(size)) throw new TarError('archive/tar: invalid tar header')
  const name = text(NAME.at, NAME.length)
  const type = String.fromCharCode(header[TYPE_AT]!)
  if (type !== '0' && type !== '\0') throw new TarError(`unexpected file "${name}" in snapshot`)
  return { name, size }
}

/** Bytes that fill a file's last block up. */
export const paddingOf = (size: number): number => (BLOCK_BYTES - size % BLOCK_BYTES) % BLOCK_BYTES
