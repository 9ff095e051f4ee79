// What one writes in ten lines of node:http: the measure of what the platform gives without effort. Arguments: port, port of the server.

import { Agent, createServer, request } from 'node:http'

const [port, server] = process.argv.slice(2).map(Number)
const agent = new Agent({ keepAlive: true, maxSockets: 256 })
createServer((req, res) => {
  const outgoing = request({ port: server!, host: '127.0.0.1', agent, method: req.method!, path: req.url!, headers: req.headers }, answer => { res.writeHead(answer.statusCode!, answer.rawHeaders); answer.pipe(res) })
  outgoing.on('error', () => { res.destroy() })
  req.pipe(outgoing)
}).listen({ port: port!, host: '127.0.0.1', backlog: 4096 })
