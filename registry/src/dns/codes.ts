// Numbers of the protocol that this door speaks of (IANA, "Domain Name System (DNS) Parameters"). Others pass through as numbers.

/** Record and question types. */
export const TYPE = { A: 1, NS: 2, CNAME: 5, SOA: 6, PTR: 12, TXT: 16, AAAA: 28, SRV: 33, OPT: 41, AXFR: 252, ANY: 255 } as const

export const RCODE = { NOERROR: 0, FORMERR: 1, SERVFAIL: 2, NXDOMAIN: 3, NOTIMP: 4, REFUSED: 5 } as const

/** By number, for metrics and logs; numbers beyond are shown as they are. */
export const RCODE_NAMES: readonly string[] = ['NOERROR', 'FORMERR', 'SERVFAIL', 'NXDOMAIN', 'NOTIMP', 'REFUSED']

export const OPCODE = { QUERY: 0, NOTIFY: 4 } as const

export const CLASS_IN = 1

/** Bits of the header's second word (RFC 1035 4.1.1, RFC 4035 3.2.2 for CD). */
export const FLAG = { QR: 0x8000, AA: 0x0400, TC: 0x0200, RD: 0x0100, RA: 0x0080, CD: 0x0010 } as const

export const HEADER_BYTES = 12

/** A message over TCP says its length in 16 bits. */
export const MAX_MESSAGE_BYTES = 65535

/** What a client takes over UDP that does not say more (RFC 1035 2.3.4). */
export const PLAIN_UDP_BYTES = 512

export type Transport = 'udp' | 'tcp'
