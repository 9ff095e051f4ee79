// Which octets may stand where, as tables: one look for each byte of a head. RFC 9110, 5.5 and 5.6.2; RFC 3986, 3.2.2 and 3.3.

const table = (allowed: (octet: number) => boolean): Uint8Array => Uint8Array.from({ length: 256 }, (_, octet) => allowed(octet) ? 1 : 0)
const among = (...octets: ReadonlyArray<string>): ((octet: number) => boolean) => {
  const codes = new Set(octets.join('').split('').map(char => char.charCodeAt(0)))
  return octet => codes.has(octet)
}
const isAlphanumeric = (octet: number): boolean => (octet >= 48 && octet <= 57) || (octet >= 65 && octet <= 90) || (octet >= 97 && octet <= 122)

export const CR = 13
export const LF = 10
export const SP = 32
export const HTAB = 9
export const COLON = 58

/** tchar: methods, names of fields, names of protocols. */
const tokenMarks = among("!#$%&'*+-.^_`|~")
export const TOKEN = table(octet => isAlphanumeric(octet) || tokenMarks(octet))

/** field-vchar, SP and HTAB. obs-text (0x80 and up) is legal, and real servers send it. */
export const FIELD = table(octet => octet === HTAB || (octet >= SP && octet !== 127))

/**
 * Request target: visible ASCII without `#`, which no client may send. Beyond RFC 3986, marks such as `|` and `{` are let through as they are, since browsers send them; who reads them
 * differently differs in what a resource is called, not in where a message ends.
 */
export const TARGET = table(octet => octet > SP && octet < 127 && octet !== 35)

/** Host names: unreserved marks alone. Everything else that RFC 3986 allows in a reg-name is used for attacks only. */
const hostMarks = among('-._~')
export const HOST_NAME = table(octet => isAlphanumeric(octet) || hostMarks(octet))

/** Value of a hexadecimal digit; 255 for everything else. */
export const HEX = Uint8Array.from({ length: 256 }, (_, octet) => {
  const digit = parseInt(String.fromCharCode(octet), 16)
  return Number.isNaN(digit) ? 255 : digit
})

/** Lower case, and `_` as `-`: as CGI and its heirs read names, so that two spellings of one variable are found to be one. */
export const FOLD = Uint8Array.from({ length: 256 }, (_, octet) => octet === 95 ? 45 : octet >= 65 && octet <= 90 ? octet + 32 : octet)

/** The octets that may follow a chunk's size in its extensions. A line end is not among them, wherever it stands: that is where parsers differ. */
export const EXTENSION = table(octet => octet === HTAB || (octet >= SP && octet < 127))
