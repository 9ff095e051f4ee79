// Whether a text can be a DNS name at all, by the letter of the wire format (RFC 1035, section 2.3.4) and nothing more: any byte may be in a label.

const MAX_LABEL = 63
const MAX_NAME = 256

/** A final dot may be missing; `\.` and `\DDD` are one byte of a label. */
export function isDomainName (text: string): boolean {
  if (text === '') return false
  const labels = (text.endsWith('.') ? text.slice(0, -1) : text).replace(/\\(\d{3}|[^])/g, 'x').split('.')
  if (text !== '.' && labels.includes('')) return false
  let length = 0
  for (const label of labels) {
    const bytes = Buffer.byteLength(label)
    if (bytes > MAX_LABEL) return false
    length += 1 + bytes
  }
  return length <= MAX_NAME
}
