// The baseline of HTTP benches: node:http sending the bytes it is given, and, for writes, appending each body to a file before the answer (group commit with
// fdatasync, as cheap as it gets).
import { createServer } from 'node:http'
import { fdatasync, openSync, write } from 'node:fs'

interface Setup { readonly headers?: readonly string[], readonly body?: string, readonly appendTo?: string }

process.on('message', (setup: Setup) => {
  const body = Buffer.from(setup.body ?? '')
  const fd = setup.appendTo === undefined ? undefined : openSync(setup.appendTo, 'a')
  let waiting: Array<readonly [Buffer, () => void]> = []
  let busy = false
  const flush = (): void => {
    if (waiting.length === 0) { busy = false; return }
    busy = true
    const batch = waiting
    waiting = []
    write(fd!, Buffer.concat(batch.map(([bytes]) => bytes)), () => fdatasync(fd!, () => {
      for (const [, answer] of batch) answer()
      flush()
    }))
  }
  const server = createServer({ keepAliveTimeout: 60_000 }, (request, response) => {
    const answer = (): void => {
      response.writeHead(200, [...(setup.headers ?? []), 'Content-Length', String(body.length)])
      response.end(body)
    }
    if (request.method === 'GET') { answer(); return }
    const parts: Buffer[] = []
    request.on('data', (part: Buffer) => parts.push(part))
    request.on('end', () => {
      if (fd === undefined) { answer(); return }
      waiting.push([Buffer.concat(parts), answer])
      if (!busy) flush()
    })
  })
  server.listen(0, '127.0.0.1', () => process.send!({ port: (server.address() as { port: number }).port }))
})
