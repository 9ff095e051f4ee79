// Laws of the README: what it shows compiles under both ways of resolving types, and its examples run as they stand.
import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import t from 'tap'
import { createClient } from '../../src/index.js'
import { registries } from '../support/programs.js'
import { registryProcess } from '../support/registry-process.js'
import { run } from '../support/run.js'
import { compilable, compile, folder, snippetsOf } from '../support/snippets.js'

const readme = snippetsOf(new URL('../../README.md', import.meta.url))

for (const resolution of ['nodenext', 'bundler'] as const) {
  t.test(`what the README shows compiles under ${resolution}`, async t => {
    t.ok(readme.length >= 4)
    t.same(compile(Object.fromEntries(readme.map((snippet, i) => [`readme-${i}.ts`, compilable(snippet)])), resolution), [])
  })
}

t.test('the README\'s first example and that of the testing kit run as they stand', async t => {
  const { url } = await registryProcess(t, registries[0]!.command!)
  const server = createServer((_request, response) => response.end('charged')).listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.teardown(() => { server.closeAllConnections(); server.close() })
  const offers = createClient({ address: url, cacheDir: false })
  t.teardown(() => offers.close())
  await offers.register({ name: 'payments', server, signals: false })
  const first = `import { createServer } from 'node:http'\nconst server = createServer().listen(0, '127.0.0.1')\nawait new Promise(resolve => server.once('listening', resolve))\n${readme[0]}\nif (await res.text() !== 'charged') throw new Error('not charged')\nserver.close()\n`
  const kit = readme.find(snippet => snippet.includes('@roster/client/testing'))!
  for (const [name, text] of [['first.ts', first], ['kit.ts', `${kit}\nawait roster.close()\n`]] as const) {
    writeFileSync(folder + name, text)
    const { code, said } = await run(process.execPath, ['--import=tsx', folder + name], { ROSTER_HTTP_ADDR: url, ROSTER_CACHE_DIR: t.testdir() })
    t.equal(code, 0, said)
  }
})
