// Law: what needs a certificate authority is judged as a question first, then says that there is none; nothing pretends to be one.
import t from 'tap'
import { startTestServer } from '../support/server.js'

t.test('no certificates: said in one way by all of its endpoints, after their own refusals', async t => {
  const s = await startTestServer()
  t.teardown(() => s.stop())
  const asked = async (method: string, path: string, body?: unknown): Promise<[number, string]> => {
    const answer = await s.call(method, path, body)
    return [answer.status, await answer.text()]
  }
  const [status, said] = await asked('GET', '/v1/connect/ca/roots')
  t.equal(status, 501)
  t.match(said, /certificate authority/)
  t.strictSame(await asked('GET', '/v1/connect/ca/configuration'), [status, said])
  t.strictSame(await asked('PUT', '/v1/connect/ca/configuration', { Provider: 'consul', Config: {} }), [status, said])
  t.equal((await asked('GET', '/v1/connect/ca/roots?pem=maybe'))[0], 400)
  t.equal((await asked('PUT', '/v1/connect/ca/configuration', { Nope: 1 }))[0], 400)
})
