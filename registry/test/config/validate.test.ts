// `roster validate` judges files by the agent's laws, all together, and touches nothing.
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { validate, type ValidateOptions, type Verdict } from '../../src/config/validate.js'

t.test('verdicts', async t => {
  const cwd = t.testdir({
    'good.json': '{"data_dir":"d","node_name":"a b"}',
    'part.hcl': 'service { name = "x" }',
    'bad.json': '{\n"data_dir":"d",\n"service":{"name":"x","check":{}}}',
    'plain.txt': 'data_dir = "d"',
    dir: { '1.hcl': 'data_dir = "d"', '2.json': '{"node_name":"n"}' },
  })
  const judge = (...paths: string[]): Verdict => validate({ paths, cwd })
  t.strictSame(judge('good.json'), { exitCode: 0, out: 'Configuration is valid!\n', err: 'Node name "a b" will not be discoverable via DNS due to invalid characters. Valid characters include all alpha-numerics and dashes.\n' })
  t.strictSame(judge('dir'), { exitCode: 0, out: 'Configuration is valid!\n', err: '' })
  t.strictSame(judge('part.hcl', 'dir'), { exitCode: 0, out: 'Configuration is valid!\n', err: '' })
  t.strictSame(judge('part.hcl'), { exitCode: 1, out: '', err: 'Config validation failed: data_dir cannot be empty\n' })
  t.strictSame(judge('bad.json'), { exitCode: 1, out: '', err: 'Config validation failed: service "x": check "": TTL must be > 0 for TTL checks\n    at bad.json:3\n' })
  t.strictSame(judge('none'), { exitCode: 1, out: '', err: 'Config validation failed: config: Open failed on none. open none: no such file or directory\n' })
  t.strictSame(judge(), { exitCode: 1, out: '', err: 'Must specify at least one config file or directory\n' })
  const options: ValidateOptions = { paths: ['plain.txt'], cwd }
  t.strictSame(validate({ ...options, format: 'hcl', quiet: true }), { exitCode: 0, out: '', err: '' })
  t.equal(validate({ ...options, format: 'yaml' }).exitCode, 1)
  t.equal(validate(options).exitCode, 1)
  t.notOk(existsSync(join(cwd, 'd')), 'the data directory is not made')
})
