// What can be wrong with a message: the one catalogue of this room. Each says what a client is answered, and where it is written. Faults of an answer are 502, whatever stands here.

export interface Fault {
  readonly status: number
  /** In a word: value of `x-roster-reason`. */
  readonly reason: string
  /** For people. */
  readonly message: string
  readonly clause: string
}

const fault = (status: number, reason: string, message: string, clause: string): Fault => ({ status, reason, message, clause })

export const faults = {
  requestLine: fault(400, 'bad-request-line', 'the request line is not: method, one space, target, one space, HTTP/1.1', 'RFC 9112, 3'),
  method: fault(400, 'bad-method', 'the method is not a token', 'RFC 9110, 9.1'),
  target: fault(400, 'bad-target', 'the request target holds what a target cannot hold', 'RFC 9112, 3.2'),
  targetForm: fault(400, 'bad-target', 'the request target has a form that this method cannot have', 'RFC 9112, 3.2'),
  targetLong: fault(414, 'target-too-long', 'the request target is longer than allowed', 'RFC 9110, 15.5.15'),
  version: fault(505, 'bad-version', 'only HTTP/1.1 and HTTP/1.0 are spoken here', 'RFC 9110, 15.6.6'),
  lineEnd: fault(400, 'bad-line-end', 'lines end with CR LF, and neither stands alone', 'RFC 9112, 2.2'),
  folded: fault(400, 'bad-field', 'a field line begins with white space', 'RFC 9112, 5.2'),
  fieldName: fault(400, 'bad-field', 'the name of a field is not a token directly before its colon', 'RFC 9112, 5.1'),
  fieldValue: fault(400, 'bad-field', 'the value of a field holds a control character', 'RFC 9110, 5.5'),
  ambiguousName: fault(400, 'ambiguous-field', 'the name of a field differs from one that matters by "_" for "-" alone', 'RFC 3875, 4.1.18'),
  headLarge: fault(431, 'head-too-large', 'the head is larger than allowed', 'RFC 6585, 5'),
  manyFields: fault(431, 'too-many-fields', 'there are more fields than allowed', 'RFC 6585, 5'),
  hostMissing: fault(400, 'bad-host', 'there is no Host', 'RFC 9112, 3.2'),
  hostTwice: fault(400, 'bad-host', 'there is more than one Host', 'RFC 9112, 3.2'),
  host: fault(400, 'bad-host', 'Host is not a name or address with an optional port', 'RFC 9110, 7.2'),
  hostDiffers: fault(400, 'bad-host', 'Host differs from the authority of the request target', 'RFC 9112, 3.2.2'),
  lengthTwice: fault(400, 'bad-framing', 'there is more than one Content-Length', 'RFC 9112, 6.3'),
  length: fault(400, 'bad-framing', 'Content-Length is not a plain decimal number', 'RFC 9110, 8.6'),
  lengthAndCoding: fault(400, 'bad-framing', 'there are both Content-Length and Transfer-Encoding', 'RFC 9112, 6.1'),
  codingTwice: fault(400, 'bad-framing', 'there is more than one Transfer-Encoding', 'RFC 9112, 6.1'),
  coding: fault(400, 'bad-framing', 'Transfer-Encoding is not: chunked', 'RFC 9112, 6.1'),
  codingUnknown: fault(501, 'unknown-coding', 'of all transfer codings only chunked is spoken here', 'RFC 9112, 6.1'),
  codingOld: fault(400, 'bad-framing', 'HTTP/1.0 has no Transfer-Encoding', 'RFC 9112, 6.1'),
  connection: fault(400, 'bad-connection', 'Connection names a field that is not its own to name', 'RFC 9110, 7.6.1'),
  body: fault(400, 'bad-framing', 'this request cannot have a body', 'RFC 9110, 9.3'),
  upgrade: fault(400, 'bad-upgrade', 'an upgrade is asked for that cannot be', 'RFC 9110, 7.8'),
  expectation: fault(417, 'bad-expectation', 'only 100-continue can be expected', 'RFC 9110, 10.1.1'),
  chunkSize: fault(400, 'bad-chunk', 'the size of a chunk is not a hexadecimal number in a line of its own', 'RFC 9112, 7.1'),
  chunkExtension: fault(400, 'bad-chunk', 'a chunk extension is too long or holds a control character', 'RFC 9112, 7.1.1'),
  chunkEnd: fault(400, 'bad-chunk', 'a chunk does not end where its size says', 'RFC 9112, 7.1'),
  trailers: fault(400, 'bad-trailers', 'the trailer section is too long or holds what is no field', 'RFC 9112, 7.1.2'),
  statusLine: fault(502, 'bad-answer', 'the status line is not: HTTP/1.1, one space, three digits', 'RFC 9112, 4'),
  switching: fault(502, 'bad-answer', 'the protocol was switched, and nobody had asked for it', 'RFC 9110, 15.2.2'),
} as const satisfies Record<string, Fault>
