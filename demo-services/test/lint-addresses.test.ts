// Law: no source of a service has a host or port of another; and whoever writes one down is found.
import t from 'tap'
import { fileURLToPath } from 'node:url'
import { addressesBelow, addressesIn } from '../src/lint/addresses.js'

t.test('the shop has none', async t => {
  t.strictSame(addressesBelow(fileURLToPath(new URL('..', import.meta.url))), [])
})

t.test('planted ones are found', async t => {
  for (const line of [
    "await fetch('http://payments:8080/charge')",
    "const url = 'https://orders.internal/orders'",
    'connect(5432, host)',
    "const broker = 'mqtt://broker'",
    "const host = '10.0.0.7'",
    "const inventory = 'inventory:4000'",
    "const url = 'http://localhost:3000'",
    "const address = env['PAYMENTS_ADDR']",
    'const host = process.env.ORDERS_HOST',
  ]) t.equal(addressesIn('planted.ts', line).length > 0, true, line)
})

t.test('what is no address of another is left alone', async t => {
  for (const line of [
    "const { host = '127.0.0.1' } = options",
    "const url = env['DATABASE_URL']",
    '// https://www.rfc-editor.org/rfc/rfc6265',
    '  await fetch(`http://${known.address}:${known.port}`) // found in the registry', // eslint-disable-line no-template-curly-in-string
    "const version = '1.2.3'",
    "named.includes('otlp') && env['OTEL_EXPORTER_OTLP_ENDPOINT']",
  ]) t.strictSame(addressesIn('fine.ts', line), [], line)
})
