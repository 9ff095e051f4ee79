// Laws of permission: programs run only where the configuration says so, from the source it says; what this system has not is refused by name.
import t from 'tap'
import { checkDefinition } from '../../src/health/definition.js'
import { refusal } from '../../src/health/permit.js'

const script = checkDefinition({ args: ['true'], intervalMs: 1000 })
const docker = checkDefinition({ args: ['true'], dockerContainerId: 'c', intervalMs: 1000 })
const off = { enableScripts: false, enableLocalScripts: false }

t.test('off: neither over HTTP nor from files', async t => {
  for (const definition of [script, docker]) {
    t.match(refusal(definition, 'api', off), { status: 500, message: "Scripts are disabled on this agent from remote calls; to enable, configure 'enable_script_checks' to true" })
    t.match(refusal(definition, 'file', off), { status: 500, message: /^Scripts are disabled on this agent; to enable/ })
  }
})

t.test('local: from files only; on: from both', async t => {
  t.ok(refusal(script, 'api', { ...off, enableLocalScripts: true }))
  t.equal(refusal(script, 'file', { ...off, enableLocalScripts: true }), undefined)
  for (const source of ['api', 'file'] as const) t.equal(refusal(docker, source, { ...off, enableScripts: true }), undefined)
})

t.test('services of Windows are not implemented; everything else may come', async t => {
  t.match(refusal(checkDefinition({ osService: 's', intervalMs: 1000 }), 'api', off), { status: 500, message: 'not implemented' })
  t.equal(refusal(checkDefinition({ http: 'http://example.org/', intervalMs: 1000 }), 'api', off), undefined)
})
