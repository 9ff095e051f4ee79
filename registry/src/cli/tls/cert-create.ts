// `roster tls cert create`: a certificate and its key for a server, a client, or the command line, signed by the authority of ca-create.ts or one's own.

import { createPrivateKey, generateKeyPairSync, X509Certificate } from 'node:crypto'
import { isIP } from 'node:net'
import { outputFlag } from '../common-flags.js'
import { Failure } from '../failure.js'
import { flags } from '../flags.js'
import { verb } from '../verb.js'
import { randomSerial, signCertificate } from './certificate.js'
import { exists, readPem, writeNew } from './files.js'
import type { Signer } from './certificate.js'
import type { Io } from '../io.js'

const SORTS = ['server', 'client', 'cli'] as const

const USAGES = { server: ['server', 'client'], client: ['client', 'server'], cli: [] } as const

export const tlsCertCreate = verb({
  usage: 'roster tls cert create [options]',
  text: `Makes a certificate and its key, in this folder, signed by an authority that "roster tls ca create" has made.

    $ roster tls cert create -server
    $ roster tls cert create -client -additional-dnsname=web.example.org`,
  flags: flags([
    { name: 'additional-dnsname', kind: 'list', help: 'One more DNS name beside localhost. May be given several times.' },
    { name: 'additional-ipaddress', kind: 'list', help: 'One more IP address beside 127.0.0.1. May be given several times.' },
    { name: 'ca', kind: 'string', default: '#DOMAIN#-agent-ca.pem', values: 'file', help: 'File of the authority\'s certificate. Default: named by the domain.' },
    { name: 'cli', kind: 'bool', default: false, help: 'For the command line.' },
    { name: 'client', kind: 'bool', default: false, help: 'For a client.' },
    { name: 'days', kind: 'int', default: 365, help: 'Days that it is valid for. Default: 365.' },
    { name: 'dc', kind: 'string', default: 'dc1', help: 'Datacenter. Default: dc1.' },
    { name: 'domain', kind: 'string', default: 'consul', help: 'Domain of the cluster. Default: consul.' },
    { name: 'key', kind: 'string', default: '#DOMAIN#-agent-ca-key.pem', values: 'file', help: 'File of the authority\'s key. Default: named by the domain.' },
    { name: 'node', kind: 'string', default: '', help: 'With -server: name the server NODE.server.DC.DOMAIN as well.' },
    { name: 'server', kind: 'bool', default: false, help: 'For a server.' },
    ...outputFlag,
  ]),
  run ({ values, io, show, say, json }) {
    const { dc, domain, days, node } = values
    const [sort, ...more] = SORTS.filter(name => values[name])
    if (sort === undefined || more.length > 0) throw new Failure('Please provide either -server, -client, or -cli')
    if (node !== '' && sort !== 'server') throw new Failure('-node requires -server')
    if (days <= 0) throw new Failure('-days must be above 0')
    const strange = values['additional-ipaddress'].find(ip => isIP(ip) === 0)
    if (strange !== undefined) throw new Failure(`invalid IP address ${JSON.stringify(strange)}`)
    const foreign = [domain, dc, node, ...values['additional-dnsname']].find(name => !/^[!-~]*$/.test(name))
    if (foreign !== undefined) throw new Failure(`invalid DNS name ${JSON.stringify(foreign)}`)
    const [caFile, caKeyFile] = [values.ca, values.key].map(file => file.replace('#DOMAIN#', domain)) as [string, string]
    const signer = readSigner(caFile, caKeyFile, io)
    if (!json && sort === 'server') say('==> WARNING: Server Certificates grants authority to become a', '    server and access all state in the cluster including root keys', '    and all ACL tokens. Do not distribute them to production hosts', '    that are not server nodes. Store them as securely as CA keys.')
    if (!json) say(`==> Using ${caFile} and ${caKeyFile}`)
    const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
    const commonName = `${sort}.${dc}.${domain}`
    const certificate = signCertificate({
      commonName,
      publicKey,
      days,
      serial: randomSerial(),
      dnsNames: [...node === '' ? [] : [`${node}.${commonName}`], commonName, ...values['additional-dnsname'], 'localhost'],
      ipAddresses: [...values['additional-ipaddress'], ...sort === 'cli' ? [] : ['127.0.0.1']],
      usages: USAGES[sort],
    }, signer, new Date())
    const [certificateFile, keyFile] = freeNames(`${dc}-${sort}-${domain}`, io)
    writeNew(certificateFile, certificate, 0o644, io)
    writeNew(keyFile, privateKey.export({ type: 'sec1', format: 'pem' }).toString(), 0o600, io)
    show(() => ({ Certificate: certificateFile, Key: keyFile }), () => `==> Saved ${certificateFile}\n==> Saved ${keyFile}\n`)
    return 0
  },
})

function readSigner (caFile: string, keyFile: string, io: Io): Required<Signer> {
  const [certificatePem, keyPem] = [readPem(caFile, 'Error reading CA', io), readPem(keyFile, 'Error reading CA key', io)]
  const parse = <T>(what: string, file: string, make: () => T): T => {
    try {
      return make()
    } catch {
      throw new Failure(`${what}: ${file} holds none`)
    }
  }
  const certificate = parse('Error reading CA', caFile, () => new X509Certificate(certificatePem))
  const key = parse('Error reading CA key', keyFile, () => createPrivateKey(keyPem))
  if (!certificate.ca) throw new Failure(`${caFile} is not the certificate of an authority`)
  if (!certificate.checkPrivateKey(key)) throw new Failure(`${keyFile} is not the key of ${caFile}`)
  return { certificate, key }
}

/** The first number that neither file has. */
function freeNames (prefix: string, io: Io): readonly [certificate: string, key: string] {
  for (let number = 0; ; number++) {
    const names = [`${prefix}-${number}.pem`, `${prefix}-${number}-key.pem`] as const
    if (!names.some(name => exists(name, io))) return names
  }
}
