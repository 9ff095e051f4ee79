// The page for people: files that were bundled at build time (registry/web → dist/web), read once and served from memory. Every path below the page's own that is no
// file is a view of it, so it gets the same document. What the page may load and do is said in its headers, as narrowly as browsers can hold it to.

import { readFile, readdir } from 'node:fs/promises'
import { extname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { FastifyInstance } from 'fastify'
import type { Roster } from '../roster.js'

/** Beside the compiled server, and found from its sources as well. */
const BUILT = fileURLToPath(new URL('../../dist/web/', import.meta.url))

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
}

/** Nothing from elsewhere, no script or style that is written into the document, no text that becomes markup, nobody's frame. */
const POLICY = [
  "default-src 'none'", "script-src 'self'", "style-src 'self'", "img-src 'self'", "connect-src 'self'", "base-uri 'self'", "form-action 'none'", "frame-ancestors 'none'",
  "require-trusted-types-for 'script'", "trusted-types 'none'",
].join('; ')

export const PAGE_HEADERS: Readonly<Record<string, string>> = {
  'Content-Security-Policy': POLICY,
  'X-Content-Type-Options': 'nosniff',
  'X-Frame-Options': 'DENY',
  'Referrer-Policy': 'no-referrer',
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Permissions-Policy': 'camera=(), geolocation=(), microphone=()',
}

/** Names of files under `assets/` carry their content's hash. */
const FOR_EVER = 'public, max-age=31536000, immutable'
const ASK_AGAIN = 'no-cache'

interface File { readonly type: string, readonly cache: string, readonly plain: Buffer, readonly br?: Buffer, readonly gzip?: Buffer }

type Files = ReadonlyMap<string, File>

async function readBuilt (base: string): Promise<Files> {
  const names = (await readdir(BUILT, { recursive: true, withFileTypes: true })).filter(entry => entry.isFile()).map(entry => join(entry.parentPath, entry.name).slice(BUILT.length).replaceAll('\\', '/'))
  const bytes = new Map(await Promise.all(names.map(async name => [name, await readFile(join(BUILT, name))] as const)))
  const files = new Map<string, File>()
  for (const [name, plain] of bytes) {
    const type = TYPES[extname(name)]
    if (type === undefined) continue
    if (name === 'index.html') files.set('', { type, cache: ASK_AGAIN, plain: Buffer.from(plain.toString().replace('%BASE%', base)) })
    else files.set(name, { type, cache: name.startsWith('assets/') ? FOR_EVER : ASK_AGAIN, plain, br: bytes.get(`${name}.br`), gzip: bytes.get(`${name}.gz`) })
  }
  return files
}

/** The form that the client takes, and its name. */
function form (file: File, accepts: string): readonly [Buffer, string | undefined] {
  if (file.br !== undefined && /\bbr\b(?!;q=0(?:\.0*)?(?:,|$))/.test(accepts)) return [file.br, 'br']
  if (file.gzip !== undefined && /\bgzip\b(?!;q=0(?:\.0*)?(?:,|$))/.test(accepts)) return [file.gzip, 'gzip']
  return [file.plain, undefined]
}

/** Adds the page's routes, if the settings want a page. */
export function pageRoutes (app: FastifyInstance, roster: Roster): void {
  const { enabled, contentPath } = roster.config.ui
  if (!enabled) return
  let reading: Promise<Files> | undefined
  const serve = async (name: string, accepts: string): Promise<{ readonly file: File, readonly body: Buffer, readonly encoding: string | undefined } | undefined> => {
    const files = await (reading ??= readBuilt(contentPath))
    // What looks like a file is one, or is not there: a script must never get the document.
    const file = files.get(name) ?? (extname(name) === '' || !name.startsWith('assets/') ? files.get('') : undefined)
    if (file === undefined) return undefined
    const [body, encoding] = form(file, accepts)
    return { file, body, encoding }
  }
  if (contentPath !== '/') app.get(contentPath.slice(0, -1), async (_request, reply) => await reply.redirect(contentPath, 301))
  app.get(`${contentPath}*`, async (request, reply) => {
    const name = (request.params as { readonly '*': string })['*']
    void reply.headers(PAGE_HEADERS)
    let found: Awaited<ReturnType<typeof serve>>
    try {
      found = await serve(name, request.headers['accept-encoding'] ?? '')
    } catch (error) {
      reading = undefined
      roster.log.child('http').error('The page could not be read', { error: String(error) })
      return await reply.code(503).type('text/plain; charset=utf-8').send('The page has not been built: npm run build\n')
    }
    if (found === undefined) return await reply.code(404).type('text/plain; charset=utf-8').send('There is no such file\n')
    if (found.encoding !== undefined) void reply.header('Content-Encoding', found.encoding)
    return await reply.header('Vary', 'Accept-Encoding').header('Cache-Control', found.file.cache).type(found.file.type).send(found.body)
  })
}
