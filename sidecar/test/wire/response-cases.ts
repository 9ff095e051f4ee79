// Answers as bytes, what a client gets of each, and the clause that says so.

export interface ResponseCase {
  readonly name: string
  readonly clause: string
  /** What the server sends once it has the request; in pieces, when they shall not arrive together. */
  readonly answer: string | readonly string[]
  /** What the server does then. Default `stay`. */
  readonly then?: 'stay' | 'end' | 'reset'
  /** What the client sends. Default a GET. */
  readonly request?: string
  /** Status of the last answer that the client gets; 0: none. */
  readonly status: number
  readonly client?: readonly string[]
  readonly absent?: readonly string[]
  /** The answer must not look complete: the connection is cut before its end. */
  readonly cut?: boolean
  /** Whether the proxy may use the server's connection again. Default: not looked at. */
  readonly reused?: boolean
}

const HEAD = 'HEAD /p HTTP/1.1\r\nHost: web\r\n\r\n'
const OLD = 'GET /p HTTP/1.0\r\nHost: web\r\n\r\n'
const TE = 'GET /p HTTP/1.1\r\nHost: web\r\nTE: trailers\r\n\r\n'
const WEBSOCKET = 'GET /p HTTP/1.1\r\nHost: web\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n'
const answer = (status: string, body: string, ...lines: readonly string[]): string => [`HTTP/1.1 ${status}`, ...lines, '', body].join('\r\n')

export const responseCases: readonly ResponseCase[] = [
  // === status line ===
  { name: 'a plain answer', clause: 'RFC 9112, 4', answer: answer('200 OK', 'hi', 'Content-Length: 2'), status: 200, client: ['HTTP/1.1 200 OK\r\n', '\r\n\r\nhi'], reused: true },
  { name: 'in single bytes', clause: 'RFC 9112, 4', answer: answer('200 OK', 'hi', 'Content-Length: 2').split(''), status: 200, client: ['\r\n\r\nhi'], reused: true },
  { name: 'a phrase of its own', clause: 'RFC 9112, 4', answer: answer('200 All is well', '', 'Content-Length: 0'), status: 200, client: ['HTTP/1.1 200 All is well\r\n'] },
  { name: 'no phrase', clause: 'RFC 9112, 4', answer: answer('200 ', '', 'Content-Length: 0'), status: 200, client: ['HTTP/1.1 200 \r\n'] },
  { name: 'neither phrase nor space', clause: 'RFC 9112, 4', answer: answer('200', '', 'Content-Length: 0'), status: 200, client: ['HTTP/1.1 200 \r\n'] },
  { name: 'a status nobody knows', clause: 'RFC 9110, 15', answer: answer('299 X', '', 'Content-Length: 0'), status: 299 },
  ...['HTTP/1.1 20 OK', 'HTTP/1.1 2000 OK', 'HTTP/1.1 600 OK', 'HTTP/1.1 099 OK', 'HTTP/1.1  200 OK', 'HTTP/2 200 OK', 'HTTP/2.0 200 OK', 'HTTP/1.2 200 OK', 'http/1.1 200 OK', 'ICY 200 OK', 'HTTP/1.1 2x0 OK', ' HTTP/1.1 200 OK', 'HTTP/1.1 200 O\0K', '200 OK'].map(line => ({ name: JSON.stringify(line), clause: 'RFC 9112, 4', answer: `${line}\r\nContent-Length: 0\r\n\r\n`, status: 502, reused: false })),
  { name: 'line ends of LF alone', clause: 'RFC 9112, 2.2', answer: 'HTTP/1.1 200 OK\nContent-Length: 0\n\n', status: 502, reused: false },
  { name: 'a HTML page without a head', clause: 'RFC 9112, 4', answer: '<html>hello</html>\r\n\r\n', status: 502, reused: false },
  // === fields ===
  { name: 'letter case, order and duplicates stay', clause: 'RFC 9110, 5.3', answer: answer('200 OK', '', 'x-B: 1', 'Set-Cookie: a=1; Expires=Mon, 01 Jan 2035 00:00:00 GMT', 'X-a: 2', 'set-cookie: b=2', 'Content-Length: 0'), status: 200, client: ['x-B: 1\r\nSet-Cookie: a=1; Expires=Mon, 01 Jan 2035 00:00:00 GMT\r\nX-a: 2\r\nset-cookie: b=2\r\n'] },
  { name: 'fields of one hop are not passed', clause: 'RFC 9110, 7.6.1', answer: answer('200 OK', '', 'Connection: keep-alive, X-Hop', 'Keep-Alive: timeout=5', 'X-Hop: 1', 'Proxy-Authenticate: Basic', 'Upgrade: h2c', 'Content-Length: 0'), status: 200, absent: ['Keep-Alive', 'X-Hop', 'Proxy-Authenticate', 'h2c', 'Connection'] },
  { name: 'Date is put in where there is none', clause: 'RFC 9110, 6.6.1', answer: answer('200 OK', '', 'Content-Length: 0'), status: 200, client: ['\r\nDate: '] },
  { name: 'Date stays where there is one', clause: 'RFC 9110, 6.6.1', answer: answer('200 OK', '', 'date: Mon, 01 Jan 2035 00:00:00 GMT', 'Content-Length: 0'), status: 200, client: ['date: Mon, 01 Jan 2035 00:00:00 GMT'], absent: ['Date: '] },
  ...['X : y', 'X', ': y', 'X: a\0b', 'X: a\rb', 'X: y\r\n z', ' X: y', 'Content-Length : 0', 'X(: y', 'Content_Length: 0'].map(line => ({ name: `the line ${JSON.stringify(line)}`, clause: 'RFC 9112, 5', answer: answer('200 OK', '', line, 'Content-Length: 0'), status: 502, reused: false })),
  { name: 'a head beyond the limit', clause: 'RFC 9110, 5.4', answer: answer('200 OK', '', `X: ${'y'.repeat(70_000)}`, 'Content-Length: 0'), status: 502, reused: false },
  { name: 'Connection names Content-Length', clause: 'RFC 9110, 7.6.1', answer: answer('200 OK', 'hi', 'Connection: content-length', 'Content-Length: 2'), status: 502, reused: false },
  // === framing ===
  { name: 'chunks pass as they are', clause: 'RFC 9112, 7.1', answer: answer('200 OK', '2;x=y\r\nhi\r\n0\r\n\r\n', 'Transfer-Encoding: chunked'), status: 200, client: ['Transfer-Encoding: chunked\r\n', '2;x=y\r\nhi\r\n0\r\n\r\n'], reused: true },
  { name: 'chunks for HTTP/1.0 are taken out', clause: 'RFC 9112, 7.1', request: OLD, answer: answer('200 OK', '2\r\nhi\r\n3\r\nhoo\r\n0\r\nX-Sum: 1\r\n\r\n', 'Transfer-Encoding: chunked'), status: 200, client: ['\r\n\r\nhihoo'], absent: ['chunked', '2\r\n', 'X-Sum'] },
  { name: 'an answer that ends with its connection gets chunks', clause: 'RFC 9112, 6.3', answer: answer('200 OK', 'hi'), then: 'end', status: 200, client: ['Transfer-Encoding: chunked\r\n', '2\r\nhi\r\n0\r\n\r\n'], reused: false },
  { name: 'an answer that ends with its connection, for HTTP/1.0', clause: 'RFC 9112, 6.3', request: OLD, answer: answer('200 OK', 'hi'), then: 'end', status: 200, client: ['\r\n\r\nhi'], absent: ['chunked'], reused: false },
  { name: 'both length and chunks', clause: 'RFC 9112, 6.3', answer: answer('200 OK', '0\r\n\r\n', 'Content-Length: 5', 'Transfer-Encoding: chunked'), status: 502, reused: false },
  { name: 'two lengths', clause: 'RFC 9112, 6.3', answer: answer('200 OK', 'hello', 'Content-Length: 5', 'Content-Length: 5'), status: 502, reused: false },
  ...['5, 5', '+5', '-1', '05', '5x', ''].map(length => ({ name: `Content-Length ${JSON.stringify(length)}`, clause: 'RFC 9110, 8.6', answer: answer('200 OK', 'hello', `Content-Length: ${length}`), status: 502, reused: false })),
  ...['gzip, chunked', 'identity', 'chunked, chunked', 'xchunked', 'chunked, identity'].map(coding => ({ name: `Transfer-Encoding ${coding}`, clause: 'RFC 9112, 6.3', answer: answer('200 OK', '0\r\n\r\n', `Transfer-Encoding: ${coding}`), status: 502, reused: false })),
  { name: 'chunks in HTTP/1.0', clause: 'RFC 9112, 6.1', answer: 'HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n', status: 502, reused: false },
  { name: 'HTTP/1.0 with a length', clause: 'RFC 9110, 2.5', answer: 'HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nhi', status: 200, client: ['HTTP/1.1 200 OK', 'hi'], reused: false },
  { name: 'Connection: close', clause: 'RFC 9112, 9.6', answer: answer('200 OK', 'hi', 'Connection: close', 'Content-Length: 2'), status: 200, client: ['hi'], absent: ['close'], reused: false },
  { name: 'an answer that is cut', clause: 'RFC 9112, 8', answer: answer('200 OK', 'hel', 'Content-Length: 5'), then: 'end', status: 200, cut: true, reused: false },
  { name: 'an answer that is reset', clause: 'RFC 9112, 8', answer: answer('200 OK', 'hel', 'Content-Length: 5'), then: 'reset', status: 200, cut: true, reused: false },
  { name: 'chunks that are cut', clause: 'RFC 9112, 8', answer: answer('200 OK', '5\r\nhello\r\n', 'Transfer-Encoding: chunked'), then: 'end', status: 200, cut: true, absent: ['0\r\n\r\n'], reused: false },
  { name: 'a head that is cut', clause: 'RFC 9112, 8', answer: 'HTTP/1.1 200 OK\r\nContent-Le', then: 'end', status: 502, reused: false },
  { name: 'nothing but an end', clause: 'RFC 9112, 8', answer: '', then: 'end', status: 502, reused: false },
  { name: 'chunks that are none from the first byte on', clause: 'RFC 9112, 7.1', answer: answer('200 OK', 'x\r\n', 'Transfer-Encoding: chunked'), status: 502, reused: false },
  ...['2\nhi\r\n0\r\n\r\n', '2 \r\nhi\r\n0\r\n\r\n', '2\r\nhix\r\n0\r\n\r\n', '0x2\r\nhi\r\n0\r\n\r\n', '2\r\nhi\r\n0\r\nX : y\r\n\r\n'].map(body => ({ name: `chunks ${JSON.stringify(body)}`, clause: 'RFC 9112, 7.1', answer: answer('200 OK', body, 'Transfer-Encoding: chunked'), status: 200, cut: true, absent: ['0\r\n\r\n'], reused: false })),
  { name: 'bytes after the answer', clause: 'RFC 9112, 9.2', answer: `${answer('200 OK', 'hi', 'Content-Length: 2')}HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nextra`, status: 200, client: ['hi'], absent: ['extra'], reused: false },
  // === without a body ===
  { name: 'HEAD keeps the length and has no body', clause: 'RFC 9110, 9.3.2', request: HEAD, answer: answer('200 OK', '', 'Content-Length: 5'), status: 200, client: ['Content-Length: 5\r\n'], reused: true },
  { name: 'HEAD answered with a body', clause: 'RFC 9110, 9.3.2', request: HEAD, answer: answer('200 OK', 'hello', 'Content-Length: 5'), status: 200, absent: ['hello'], reused: false },
  { name: 'HEAD answered in chunks', clause: 'RFC 9112, 6.3', request: HEAD, answer: answer('200 OK', '', 'Transfer-Encoding: chunked'), status: 200, absent: ['0\r\n\r\n'], reused: true },
  { name: '304 keeps the length and has no body', clause: 'RFC 9110, 15.4.5', answer: answer('304 Not Modified', '', 'Content-Length: 5', 'ETag: "a"'), status: 304, client: ['Content-Length: 5\r\n', 'ETag: "a"'], reused: true },
  { name: '204', clause: 'RFC 9110, 15.3.5', answer: answer('204 No Content', ''), status: 204, absent: ['Content-Length', 'Transfer-Encoding'], reused: true },
  { name: '204 with a length', clause: 'RFC 9110, 8.6', answer: answer('204 No Content', 'hello', 'Content-Length: 5'), status: 204, absent: ['Content-Length', 'hello'], reused: false },
  { name: '204 in chunks', clause: 'RFC 9112, 6.1', answer: answer('204 No Content', '0\r\n\r\n', 'Transfer-Encoding: chunked'), status: 204, absent: ['Transfer-Encoding', '0\r\n\r\n'], reused: false },
  { name: '205 with a body', clause: 'RFC 9110, 15.3.6', answer: answer('205 Reset Content', 'hello', 'Content-Length: 5'), status: 205, client: ['Content-Length: 0\r\n'], absent: ['hello'], reused: false },
  // === trailers ===
  { name: 'trailers for who takes them', clause: 'RFC 9110, 6.5.1', request: TE, answer: answer('200 OK', '2\r\nhi\r\n0\r\nX-Sum: 1\r\nContent-Length: 9\r\nSet-Cookie: a=b\r\n\r\n', 'Transfer-Encoding: chunked', 'Trailer: X-Sum'), status: 200, client: ['Trailer: X-Sum\r\n', '0\r\nX-Sum: 1\r\n\r\n'], absent: ['Content-Length: 9', 'Set-Cookie'], reused: true },
  { name: 'trailers for who does not', clause: 'RFC 9110, 6.5.1', answer: answer('200 OK', '2\r\nhi\r\n0\r\nX-Sum: 1\r\n\r\n', 'Transfer-Encoding: chunked', 'Trailer: X-Sum'), status: 200, client: ['2\r\nhi\r\n0\r\n\r\n'], absent: ['X-Sum'], reused: true },
  // === 1xx ===
  { name: '103 before the answer', clause: 'RFC 8297, 2', answer: `HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n${answer('200 OK', 'hi', 'Content-Length: 2')}`, status: 200, client: ['HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\nHTTP/1.1 200 OK', 'hi'], reused: true },
  { name: 'several 1xx, one after the other', clause: 'RFC 9110, 15.2', answer: ['HTTP/1.1 102 Processing\r\n\r\n', 'HTTP/1.1 103 Early Hints\r\n\r\n', answer('200 OK', 'hi', 'Content-Length: 2')], status: 200, client: ['102 Processing', '103 Early Hints', 'hi'], reused: true },
  { name: '1xx for HTTP/1.0', clause: 'RFC 9110, 15.2', request: OLD, answer: `HTTP/1.1 103 Early Hints\r\n\r\n${answer('200 OK', 'hi', 'Content-Length: 2')}`, status: 200, absent: ['103'] },
  { name: '100 that nobody waits for', clause: 'RFC 9110, 10.1.1', answer: `HTTP/1.1 100 Continue\r\n\r\n${answer('200 OK', 'hi', 'Content-Length: 2')}`, status: 200, absent: ['100 Continue'], reused: true },
  { name: 'no end of 1xx', clause: 'RFC 9110, 15.2', answer: 'HTTP/1.1 102 Processing\r\n\r\n'.repeat(100), status: 502, reused: false },
  { name: '101 that nobody asked for', clause: 'RFC 9110, 15.2.2', answer: 'HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\nraw', status: 502, absent: ['raw', '101'], reused: false },
  { name: '101 to another protocol than asked for', clause: 'RFC 9110, 7.8', request: WEBSOCKET, answer: 'HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\nraw', status: 502, absent: ['raw'], reused: false },
  { name: '101 that does not say to what', clause: 'RFC 9110, 7.8', request: WEBSOCKET, answer: 'HTTP/1.1 101 Switching Protocols\r\n\r\nraw', status: 502, absent: ['raw'], reused: false },
  { name: '101 as asked for', clause: 'RFC 9110, 7.8', request: WEBSOCKET, answer: 'HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: WebSocket\r\nSec-WebSocket-Accept: x\r\n\r\nraw', status: 101, client: ['Sec-WebSocket-Accept: x\r\n', 'Upgrade: WebSocket\r\n', '\r\n\r\nraw'] },
  { name: 'an upgrade that is not granted is an answer', clause: 'RFC 9110, 7.8', request: WEBSOCKET, answer: answer('403 Forbidden', 'no', 'Content-Length: 2'), status: 403, client: ['no', 'Connection: close'] },
]
