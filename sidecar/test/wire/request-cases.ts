// Requests as bytes, what becomes of each, and the clause that says so. Rows are run against the real proxy (conformance.test.ts).

export interface RequestCase {
  readonly name: string
  readonly clause: string
  /** In pieces, when they shall not arrive together. */
  readonly send: string | readonly string[]
  /** Status of the first answer. */
  readonly status: number
  /** What the server must have got. Nothing may reach it when this is not given. */
  readonly server?: readonly string[]
  /** What it must not have got. */
  readonly absent?: readonly string[]
  /** How often the server may have been asked. Default 1 where `server` is given, else 0. */
  readonly asked?: number
  /** What the client must get. */
  readonly client?: readonly string[]
  /** The connection must be closed after the answer. Default: whenever nothing was forwarded. */
  readonly closes?: boolean
}

const get = (...lines: readonly string[]): string => ['GET /p HTTP/1.1', 'Host: web', ...lines, '', ''].join('\r\n')
const post = (body: string, ...lines: readonly string[]): string => ['POST /p HTTP/1.1', 'Host: web', ...lines, '', body].join('\r\n')
const chunked = (body: string, ...lines: readonly string[]): string => post(body, 'Transfer-Encoding: chunked', ...lines)

export const requestCases: readonly RequestCase[] = [
  // === request line ===
  { name: 'a plain GET', clause: 'RFC 9112, 3', send: get(), status: 200, server: ['GET /p HTTP/1.1\r\n', 'Host: web\r\n'] },
  { name: 'in single bytes', clause: 'RFC 9112, 2.2', send: get().split(''), status: 200, server: ['GET /p HTTP/1.1\r\n'] },
  { name: 'one empty line before it', clause: 'RFC 9112, 2.2', send: `\r\n${get()}`, status: 200, server: ['GET /p'] },
  { name: 'two empty lines before it', clause: 'RFC 9112, 2.2', send: `\r\n\r\n${get()}`, status: 400 },
  { name: 'line ends of LF alone', clause: 'RFC 9112, 2.2', send: get().replaceAll('\r\n', '\n'), status: 400 },
  { name: 'one line end of LF alone', clause: 'RFC 9112, 2.2', send: 'GET /p HTTP/1.1\r\nHost: web\nX: y\r\n\r\n', status: 400 },
  { name: 'the empty line of LF alone', clause: 'RFC 9112, 2.2', send: 'GET /p HTTP/1.1\r\nHost: web\r\n\n', status: 400 },
  { name: 'CR alone within a line', clause: 'RFC 9112, 2.2', send: get('X: a\rb'), status: 400 },
  { name: 'CR alone as a line end', clause: 'RFC 9112, 2.2', send: 'GET /p HTTP/1.1\rHost: web\r\n\r\n', status: 400 },
  { name: 'two spaces before the target', clause: 'RFC 9112, 3', send: 'GET  /p HTTP/1.1\r\nHost: web\r\n\r\n', status: 400 },
  { name: 'two spaces before the version', clause: 'RFC 9112, 3', send: 'GET /p  HTTP/1.1\r\nHost: web\r\n\r\n', status: 400 },
  { name: 'a tab for a space', clause: 'RFC 9112, 3', send: 'GET\t/p HTTP/1.1\r\nHost: web\r\n\r\n', status: 400 },
  { name: 'a space after the version', clause: 'RFC 9112, 3', send: 'GET /p HTTP/1.1 \r\nHost: web\r\n\r\n', status: 400 },
  { name: 'no version', clause: 'RFC 9112, 3', send: 'GET /p\r\nHost: web\r\n\r\n', status: 400 },
  { name: 'no target', clause: 'RFC 9112, 3', send: 'GET HTTP/1.1\r\nHost: web\r\n\r\n', status: 400 },
  { name: 'a space before the method', clause: 'RFC 9112, 3', send: ` ${get()}`, status: 400 },
  { name: 'a method that is no token', clause: 'RFC 9110, 9.1', send: 'G(T /p HTTP/1.1\r\nHost: web\r\n\r\n', status: 400 },
  { name: 'a method of one\'s own', clause: 'RFC 9110, 9.1', send: 'PURGE /p HTTP/1.1\r\nHost: web\r\n\r\n', status: 200, server: ['PURGE /p HTTP/1.1'] },
  { name: 'a method in lower case stays so', clause: 'RFC 9110, 9.1', send: 'get /p HTTP/1.1\r\nHost: web\r\n\r\n', status: 200, server: ['get /p HTTP/1.1'] },
  { name: 'HTTP/2.0', clause: 'RFC 9110, 15.6.6', send: 'GET /p HTTP/2.0\r\nHost: web\r\n\r\n', status: 505 },
  { name: 'HTTP/1.2', clause: 'RFC 9110, 15.6.6', send: 'GET /p HTTP/1.2\r\nHost: web\r\n\r\n', status: 505 },
  { name: 'HTTP/01.1', clause: 'RFC 9112, 2.3', send: 'GET /p HTTP/01.1\r\nHost: web\r\n\r\n', status: 505 },
  { name: 'http/1.1 in lower case', clause: 'RFC 9112, 2.3', send: 'GET /p http/1.1\r\nHost: web\r\n\r\n', status: 400 },
  { name: 'HTTP/1.1 with more digits', clause: 'RFC 9112, 2.3', send: 'GET /p HTTP/1.11\r\nHost: web\r\n\r\n', status: 400 },
  { name: 'the hello of TLS', clause: 'RFC 9112, 3', send: '\x16\x03\x01\x02\x00\x01\x00', status: 400 },
  // === target ===
  { name: 'a path is passed raw', clause: 'RFC 9112, 3.2.1', send: 'GET /a/../b//%2e%2e/%2F?x=%00&y={|} HTTP/1.1\r\nHost: web\r\n\r\n', status: 200, server: ['GET /a/../b//%2e%2e/%2F?x=%00&y={|} HTTP/1.1'] },
  { name: 'a path that begins with two slashes is a path', clause: 'RFC 9112, 3.2.1', send: 'GET //other/p HTTP/1.1\r\nHost: web\r\n\r\n', status: 200, server: ['GET //other/p HTTP/1.1'] },
  { name: 'a fragment', clause: 'RFC 9112, 3.2', send: 'GET /p#f HTTP/1.1\r\nHost: web\r\n\r\n', status: 400 },
  { name: 'a control character in the target', clause: 'RFC 9112, 3.2', send: 'GET /p\x01 HTTP/1.1\r\nHost: web\r\n\r\n', status: 400 },
  { name: 'a byte above ASCII in the target', clause: 'RFC 9112, 3.2', send: 'GET /\xe4 HTTP/1.1\r\nHost: web\r\n\r\n', status: 400 },
  { name: 'NUL in the target', clause: 'RFC 9112, 3.2', send: 'GET /\0 HTTP/1.1\r\nHost: web\r\n\r\n', status: 400 },
  { name: 'a backslash in the path', clause: 'RFC 3986, 3.3', send: 'GET /a\\..\\b HTTP/1.1\r\nHost: web\r\n\r\n', status: 400 },
  { name: 'a backslash in the query is passed', clause: 'RFC 3986, 3.4', send: 'GET /a?f=C:\\x HTTP/1.1\r\nHost: web\r\n\r\n', status: 200, server: ['GET /a?f=C:\\x HTTP/1.1'] },
  { name: 'absolute form becomes origin form', clause: 'RFC 9112, 3.2.2', send: 'GET http://web/p?q HTTP/1.1\r\nHost: web\r\n\r\n', status: 200, server: ['GET /p?q HTTP/1.1\r\n', 'Host: web\r\n'] },
  { name: 'absolute form without a path', clause: 'RFC 9112, 3.2.1', send: 'GET http://web HTTP/1.1\r\nHost: web\r\n\r\n', status: 200, server: ['GET / HTTP/1.1'] },
  { name: 'absolute form with a query alone', clause: 'RFC 9112, 3.2.1', send: 'GET http://web?q HTTP/1.1\r\nHost: web\r\n\r\n', status: 200, server: ['GET /?q HTTP/1.1'] },
  { name: 'absolute form against Host', clause: 'RFC 9112, 3.2.2', send: 'GET http://other/p HTTP/1.1\r\nHost: web\r\n\r\n', status: 400 },
  { name: 'absolute form with the default port is the same host', clause: 'RFC 9110, 4.2.3', send: 'GET http://WEB:80/p HTTP/1.1\r\nHost: web\r\n\r\n', status: 200, server: ['GET /p HTTP/1.1'] },
  { name: 'absolute form with a user', clause: 'RFC 9110, 4.2.4', send: 'GET http://a:b@web/p HTTP/1.1\r\nHost: web\r\n\r\n', status: 400 },
  { name: 'absolute form of another scheme', clause: 'RFC 9112, 3.2.2', send: 'GET ftp://web/p HTTP/1.1\r\nHost: web\r\n\r\n', status: 400 },
  { name: 'a path without its slash', clause: 'RFC 9112, 3.2', send: 'GET p HTTP/1.1\r\nHost: web\r\n\r\n', status: 400 },
  { name: 'authority form outside of CONNECT', clause: 'RFC 9112, 3.2.3', send: 'GET web:80 HTTP/1.1\r\nHost: web:80\r\n\r\n', status: 400 },
  { name: 'CONNECT to a path', clause: 'RFC 9112, 3.2.3', send: 'CONNECT /p HTTP/1.1\r\nHost: web\r\n\r\n', status: 400 },
  { name: 'CONNECT without a port', clause: 'RFC 9110, 9.3.6', send: 'CONNECT web HTTP/1.1\r\nHost: web\r\n\r\n', status: 400 },
  { name: 'CONNECT with a length', clause: 'RFC 9110, 9.3.6', send: 'CONNECT web:80 HTTP/1.1\r\nHost: web:80\r\nContent-Length: 1\r\n\r\nx', status: 400 },
  { name: 'CONNECT to another than Host', clause: 'RFC 9110, 9.3.6', send: 'CONNECT web:80 HTTP/1.1\r\nHost: other:80\r\n\r\n', status: 400 },
  { name: 'OPTIONS *', clause: 'RFC 9112, 3.2.4', send: 'OPTIONS * HTTP/1.1\r\nHost: web\r\n\r\n', status: 200, server: ['OPTIONS * HTTP/1.1'] },
  { name: 'OPTIONS in absolute form without a path is OPTIONS *', clause: 'RFC 9112, 3.2.4', send: 'OPTIONS http://web HTTP/1.1\r\nHost: web\r\n\r\n', status: 200, server: ['OPTIONS * HTTP/1.1'] },
  { name: 'GET *', clause: 'RFC 9112, 3.2.4', send: 'GET * HTTP/1.1\r\nHost: web\r\n\r\n', status: 400 },
  { name: 'a target beyond the limit', clause: 'RFC 9110, 15.5.15', send: `GET /${'a'.repeat(20_000)} HTTP/1.1\r\nHost: web\r\n\r\n`, status: 414 },
  { name: 'a target of 8,000 bytes', clause: 'RFC 9112, 3', send: `GET /${'a'.repeat(7_999)} HTTP/1.1\r\nHost: web\r\n\r\n`, status: 200, server: ['a'.repeat(7_999)] },
  // === Host ===
  { name: 'no Host', clause: 'RFC 9112, 3.2', send: 'GET /p HTTP/1.1\r\nX: y\r\n\r\n', status: 400 },
  { name: 'no Host beside an absolute target', clause: 'RFC 9112, 3.2', send: 'GET http://web/p HTTP/1.1\r\nX: y\r\n\r\n', status: 400 },
  { name: 'two Host lines that differ', clause: 'RFC 9112, 3.2', send: get('Host: other'), status: 400 },
  { name: 'two Host lines that are the same', clause: 'RFC 9112, 3.2', send: get('Host: web'), status: 400 },
  { name: 'an empty Host', clause: 'RFC 9110, 7.2', send: 'GET /p HTTP/1.1\r\nHost:\r\n\r\n', status: 400 },
  ...['a/b', 'a?b', 'a#b', 'a b', 'a,b', 'u@a', 'a\\b', 'a:b', 'a:', 'a:99999', 'a:80:80', '[::1', '[::1]x', '[fe80::1%25en0]', '[gg::1]', 'http://a'].map(host => ({ name: `Host ${host}`, clause: 'RFC 9110, 7.2', send: `GET /p HTTP/1.1\r\nHost: ${host}\r\n\r\n`, status: 400 })),
  ...['a.b-c_d~', '127.0.0.1', '127.0.0.1:8080', '[::1]', '[::1]:8080', '[2001:db8::7]:1'].map(host => ({ name: `Host ${host}`, clause: 'RFC 9110, 7.2', send: `GET /p HTTP/1.1\r\nHost: ${host}\r\n\r\n`, status: 200, server: [`Host: ${host}\r\n`] })),
  { name: 'HTTP/1.0 without Host', clause: 'RFC 9112, 3.2', send: 'GET /p HTTP/1.0\r\n\r\n', status: 200, server: ['GET /p HTTP/1.1\r\n', 'Host: web\r\n'], closes: true },
  // === fields ===
  { name: 'letter case, order, white space and duplicates stay', clause: 'RFC 9110, 5.3', send: get('x-B: 1', 'X-a:  2 ', 'x-B: 3', 'COOKIE: a=1', 'Cookie: b=2'), status: 200, server: ['Host: web\r\nx-B: 1\r\nX-a:  2 \r\nx-B: 3\r\nCOOKIE: a=1\r\nCookie: b=2\r\n'] },
  { name: 'an empty value', clause: 'RFC 9110, 5.5', send: get('X:', 'Y: '), status: 200, server: ['X:\r\nY: \r\n'] },
  { name: 'bytes above ASCII in a value', clause: 'RFC 9110, 5.5', send: get('X: \xe4\xff'), status: 200, server: ['X: \xe4\xff\r\n'] },
  { name: 'a space before the colon', clause: 'RFC 9112, 5.1', send: get('X : y'), status: 400 },
  { name: 'a space before the colon of Content-Length', clause: 'RFC 9112, 5.1', send: post('x', 'Content-Length : 1'), status: 400 },
  { name: 'a tab before the colon of Transfer-Encoding', clause: 'RFC 9112, 5.1', send: post('0\r\n\r\n', 'Transfer-Encoding\t: chunked'), status: 400 },
  { name: 'a line without a colon', clause: 'RFC 9112, 5', send: get('X'), status: 400 },
  { name: 'a line without a name', clause: 'RFC 9112, 5', send: get(': y'), status: 400 },
  { name: 'a folded line', clause: 'RFC 9112, 5.2', send: get('X: y', ' z'), status: 400 },
  { name: 'white space before the first field', clause: 'RFC 9112, 2.2', send: 'GET /p HTTP/1.1\r\n Host: web\r\n\r\n', status: 400 },
  { name: 'a name that is no token', clause: 'RFC 9110, 5.1', send: get('X(y): z'), status: 400 },
  { name: 'a name with a byte above ASCII', clause: 'RFC 9110, 5.1', send: get('\xe4: z'), status: 400 },
  { name: 'NUL in a value', clause: 'RFC 9110, 5.5', send: get('X: a\0b'), status: 400 },
  { name: 'a control character in a value', clause: 'RFC 9110, 5.5', send: get('X: a\x0bb'), status: 400 },
  { name: 'DEL in a value', clause: 'RFC 9110, 5.5', send: get('X: a\x7fb'), status: 400 },
  { name: 'more fields than allowed', clause: 'RFC 6585, 5', send: get(...Array.from({ length: 120 }, (_, i) => `X-${i}: y`)), status: 431 },
  { name: 'a head beyond the limit', clause: 'RFC 6585, 5', send: get(`X: ${'y'.repeat(40_000)}`), status: 431 },
  { name: 'Content_Length', clause: 'RFC 3875, 4.1.18', send: post('x', 'Content_Length: 1'), status: 400 },
  { name: 'Transfer_Encoding', clause: 'RFC 3875, 4.1.18', send: post('0\r\n\r\n', 'Transfer_Encoding: chunked'), status: 400 },
  { name: 'X_Forwarded_For', clause: 'RFC 3875, 4.1.18', send: get('X_Forwarded_For: 1.2.3.4'), status: 400 },
  { name: 'another name with an underscore is passed', clause: 'RFC 9110, 5.1', send: get('my_header: y'), status: 200, server: ['my_header: y\r\n'] },
  // === length ===
  { name: 'a body with its length', clause: 'RFC 9112, 6.2', send: post('hello', 'Content-Length: 5'), status: 200, server: ['Content-Length: 5\r\n', '\r\n\r\nhello'] },
  { name: 'a length of nothing', clause: 'RFC 9112, 6.2', send: post('', 'Content-Length: 0'), status: 200, server: ['Content-Length: 0\r\n'] },
  { name: 'two lengths that differ', clause: 'RFC 9112, 6.3', send: post('hello', 'Content-Length: 5', 'Content-Length: 6'), status: 400 },
  { name: 'two lengths that are the same', clause: 'RFC 9112, 6.3', send: post('hello', 'Content-Length: 5', 'content-length: 5'), status: 400 },
  ...['5, 5', '5,6', '+5', '-5', '5 5', '0x5', '5.0', '5e0', '', '05', '00', '"5"', 'five', '9007199254740993', '99999999999999999999', '5;', '٥'].map(length => ({ name: `Content-Length ${JSON.stringify(length)}`, clause: 'RFC 9110, 8.6', send: post('hello', `Content-Length: ${Buffer.from(length).toString('latin1')}`), status: 400 })),
  { name: 'GET with a body keeps its framing', clause: 'RFC 9110, 9.3.1', send: 'GET /p HTTP/1.1\r\nHost: web\r\nContent-Length: 5\r\n\r\nhello', status: 200, server: ['Content-Length: 5\r\n', 'hello'] },
  { name: 'DELETE in chunks keeps its framing', clause: 'RFC 9110, 9.3.5', send: 'DELETE /p HTTP/1.1\r\nHost: web\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n', status: 200, server: ['Transfer-Encoding: chunked\r\n', '5\r\nhello\r\n0\r\n\r\n'] },
  { name: 'OPTIONS with a body keeps its framing', clause: 'RFC 9110, 9.3.7', send: 'OPTIONS /p HTTP/1.1\r\nHost: web\r\nContent-Length: 2\r\n\r\nhi', status: 200, server: ['Content-Length: 2\r\n', 'hi'] },
  { name: 'TRACE with a body', clause: 'RFC 9110, 9.3.8', send: 'TRACE /p HTTP/1.1\r\nHost: web\r\nContent-Length: 1\r\n\r\nx', status: 400 },
  { name: 'what follows a body is the next request', clause: 'RFC 9112, 9.3.2', send: `${post('hello', 'Content-Length: 5')}${get('X-Second: 1')}`, status: 200, server: ['hello', 'X-Second: 1'], asked: 2 },
  { name: 'what follows a body and is no request', clause: 'RFC 9112, 9.3.2', send: `${post('hello', 'Content-Length: 5')}\x01\x02`, status: 200, server: ['hello'], absent: ['\x01'], client: ['400 Bad Request'], closes: true },
  // === transfer codings ===
  { name: 'a body in chunks', clause: 'RFC 9112, 7.1', send: chunked('5\r\nhello\r\n6;a="b"\r\n world\r\n0\r\n\r\n'), status: 200, server: ['Transfer-Encoding: chunked\r\n', '5\r\nhello\r\n6;a="b"\r\n world\r\n0\r\n\r\n'] },
  { name: 'Chunked in another letter case', clause: 'RFC 9112, 7', send: post('1\r\nx\r\n0\r\n\r\n', 'transfer-encoding: Chunked'), status: 200, server: ['1\r\nx\r\n0\r\n\r\n'] },
  { name: 'chunks in single bytes', clause: 'RFC 9112, 7.1', send: chunked('a\r\n0123456789\r\n0\r\n\r\n').split(''), status: 200, server: ['a\r\n0123456789\r\n0\r\n\r\n'] },
  { name: 'both length and chunks', clause: 'RFC 9112, 6.1', send: chunked('0\r\n\r\n', 'Content-Length: 5'), status: 400 },
  { name: 'both chunks and length', clause: 'RFC 9112, 6.1', send: post('0\r\n\r\n', 'Content-Length: 5', 'Transfer-Encoding: chunked'), status: 400 },
  { name: 'two Transfer-Encoding lines', clause: 'RFC 9112, 6.1', send: chunked('0\r\n\r\n', 'Transfer-Encoding: chunked'), status: 400 },
  { name: 'gzip before chunked', clause: 'RFC 9112, 6.1', send: post('0\r\n\r\n', 'Transfer-Encoding: gzip, chunked'), status: 501 },
  ...['identity', 'chunked, chunked', 'chunked, gzip', 'xchunked', 'chunked;q=1', '"chunked"', '', ',chunked', 'chunked,', 'chunked, identity', '\x0bchunked'].map(coding => ({ name: `Transfer-Encoding ${JSON.stringify(coding)}`, clause: 'RFC 9112, 6.1', send: post('0\r\n\r\n', `Transfer-Encoding: ${coding}`), status: 400 })),
  { name: 'chunks in HTTP/1.0', clause: 'RFC 9112, 6.1', send: 'POST /p HTTP/1.0\r\nHost: web\r\nConnection: keep-alive\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n', status: 400 },
  ...['x', '5', '0x5\r\nhello\r\n0\r\n\r\n', '+5\r\nhello\r\n0\r\n\r\n', ' 5\r\nhello\r\n0\r\n\r\n', '5 \r\nhello\r\n0\r\n\r\n', '-1\r\nhello\r\n', '\r\nhello\r\n', '5\nhello\r\n0\r\n\r\n', '5\rhello\r\n0\r\n\r\n', '5\r\nhellox\r\n0\r\n\r\n', '5\r\nhello\n0\r\n\r\n', '5\r\nhello0\r\n\r\n', '5\r\nhel\r\n0\r\n\r\n', '0000000000005\r\nhello\r\n0\r\n\r\n', 'ffffffffffffffffffff5\r\nhello\r\n0\r\n\r\n', '5;a\nb\r\nhello\r\n0\r\n\r\n', `5;${'a'.repeat(300)}\r\nhello\r\n0\r\n\r\n`, '5;a=\x01\r\nhello\r\n0\r\n\r\n']
    .filter(body => body !== '5').map(body => ({ name: `chunks ${JSON.stringify(body.slice(0, 30))}`, clause: 'RFC 9112, 7.1', send: chunked(body), status: 400, server: [], absent: ['0\r\n\r\n'], closes: true })),
  { name: 'a last chunk of several noughts', clause: 'RFC 9112, 7.1', send: chunked('1\r\nx\r\n000\r\n\r\n'), status: 200, server: ['1\r\nx\r\n000\r\n\r\n'] },
  { name: 'trailers pass', clause: 'RFC 9110, 6.5', send: chunked('1\r\nx\r\n0\r\nX-Sum: 1\r\n\r\n', 'Trailer: X-Sum'), status: 200, server: ['Trailer: X-Sum\r\n', '0\r\nX-Sum: 1\r\n\r\n'] },
  { name: 'trailers that would be taken for more are left out', clause: 'RFC 9110, 6.5.1', send: chunked('1\r\nx\r\n0\r\nContent-Length: 5\r\nX-Sum: 1\r\nHost: other\r\nAuthorization: a\r\nX-Forwarded-For: 1.2.3.4\r\nTransfer-Encoding: chunked\r\nCookie: a\r\n\r\n'), status: 200, server: ['0\r\nX-Sum: 1\r\n\r\n'], absent: ['Content-Length', 'other', 'Authorization', '1.2.3.4', 'Cookie'] },
  { name: 'trailers that are no fields', clause: 'RFC 9112, 7.1.2', send: chunked('1\r\nx\r\n0\r\nX : y\r\n\r\n'), status: 400, server: [], absent: ['X : y'], closes: true },
  { name: 'trailers without end', clause: 'RFC 9112, 7.1.2', send: chunked(`0\r\n${'X: yyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyy\r\n'.repeat(400)}`), status: 400, server: [], absent: ['yyyy'], closes: true },
  { name: 'a trailer with LF alone', clause: 'RFC 9112, 7.1.2', send: chunked('0\r\nX: y\n\r\n'), status: 400, server: [], absent: ['X: y'], closes: true },
  // === connection ===
  { name: 'fields of one hop are not passed', clause: 'RFC 9110, 7.6.1', send: get('Connection: keep-alive, X-Hop', 'Keep-Alive: timeout=5', 'Proxy-Connection: keep-alive', 'X-Hop: 1', 'Proxy-Authorization: a', 'X-End: 1', 'TE: gzip'), status: 200, server: ['X-End: 1'], absent: ['Keep-Alive', 'Proxy-Connection', 'X-Hop', 'Proxy-Authorization', 'TE:', 'keep-alive'] },
  { name: 'TE: trailers is passed, and as a hop\'s own', clause: 'RFC 9110, 10.1.4', send: get('TE: trailers, deflate;q=0.5'), status: 200, server: ['TE: trailers\r\nConnection: TE\r\n'], absent: ['deflate'] },
  { name: 'Connection names Host', clause: 'RFC 9110, 7.6.1', send: get('Connection: host'), status: 400 },
  { name: 'Connection names Content-Length', clause: 'RFC 9110, 7.6.1', send: post('hello', 'Connection: content-length', 'Content-Length: 5'), status: 400 },
  { name: 'Connection names Transfer-Encoding', clause: 'RFC 9110, 7.6.1', send: chunked('0\r\n\r\n', 'Connection: close, transfer-encoding'), status: 400 },
  { name: 'Connection names what is between proxies', clause: 'RFC 9110, 7.6.1', send: get('Connection: X-Forwarded-For, X-Roster-Attempt', 'X-Forwarded-For: 1.2.3.4', 'X-Roster-Attempt: 2'), status: 200, server: ['X-Forwarded-For: 1.2.3.4\r\n', 'X-Roster-Attempt: 2\r\n'] },
  { name: 'Connection is no list of tokens', clause: 'RFC 9110, 7.6.1', send: get('Connection: a b'), status: 400 },
  { name: 'Connection: close', clause: 'RFC 9112, 9.6', send: get('Connection: close'), status: 200, server: ['GET /p'], absent: ['close'], client: ['Connection: close\r\n'], closes: true },
  { name: 'HTTP/1.0 is closed whatever it asks', clause: 'RFC 9112, 9.3', send: 'GET /p HTTP/1.0\r\nHost: web\r\nConnection: keep-alive\r\n\r\n', status: 200, server: ['GET /p HTTP/1.1'], client: ['Connection: close\r\n'], closes: true },
  { name: 'Via says that we were there', clause: 'RFC 9110, 7.6.3', send: get('Via: 1.0 other'), status: 200, server: ['Via: 1.0 other\r\n', 'Via: 1.1 roster-'] },
  // === upgrades and expectations ===
  { name: 'h2c is not passed on', clause: 'RFC 9113, 3.1', send: get('Connection: Upgrade, HTTP2-Settings', 'Upgrade: h2c', 'HTTP2-Settings: AAMAAABk'), status: 200, server: ['GET /p'], absent: ['h2c', 'HTTP2-Settings', 'Upgrade'] },
  { name: 'h2c in other letters, among others', clause: 'RFC 9113, 3.1', send: get('Connection: upgrade', 'Upgrade: websocket, H2C'), status: 200, server: ['GET /p'], absent: ['H2C', 'websocket'] },
  { name: 'Upgrade without Connection', clause: 'RFC 9110, 7.8', send: get('Upgrade: websocket'), status: 200, server: ['GET /p'], absent: ['websocket'] },
  { name: 'Upgrade in HTTP/1.0', clause: 'RFC 9110, 7.8', send: 'GET /p HTTP/1.0\r\nHost: web\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\r\n', status: 200, server: ['GET /p'], absent: ['websocket'], closes: true },
  { name: 'an upgrade with a body', clause: 'RFC 9110, 7.8', send: post('hello', 'Connection: upgrade', 'Upgrade: websocket', 'Content-Length: 5'), status: 400 },
  { name: 'an upgrade with chunks', clause: 'RFC 9110, 7.8', send: chunked('0\r\n\r\n', 'Connection: upgrade', 'Upgrade: websocket'), status: 400 },
  { name: 'bytes after an upgrade that is not granted', clause: 'RFC 9110, 7.8', send: `${get('Connection: upgrade', 'Upgrade: websocket')}GET /smuggled HTTP/1.1\r\nHost: web\r\n\r\n`, status: 200, server: ['Upgrade: websocket'], absent: ['smuggled'], closes: true },
  { name: 'an expectation of another kind', clause: 'RFC 9110, 10.1.1', send: get('Expect: 200-ok'), status: 417 },
  { name: 'Expect without a body is passed as it is', clause: 'RFC 9110, 10.1.1', send: get('Expect: 100-continue'), status: 200, server: ['GET /p'] },
  { name: 'Expect in HTTP/1.0 means nothing', clause: 'RFC 9110, 10.1.1', send: 'POST /p HTTP/1.0\r\nHost: web\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\nhi', status: 200, server: ['hi'], closes: true },
]
