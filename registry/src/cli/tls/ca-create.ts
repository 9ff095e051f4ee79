// `roster tls ca create`: an authority of one's own, as two files.

import { generateKeyPairSync } from 'node:crypto'
import { outputFlag } from '../common-flags.js'
import { Failure } from '../failure.js'
import { flags } from '../flags.js'
import { verb } from '../verb.js'
import { randomSerial, signCertificate } from './certificate.js'
import { exists, writeNew } from './files.js'

export const tlsCaCreate = verb({
  usage: 'roster tls ca create [options]',
  text: `Makes an authority that signs certificates of servers and clients: its certificate and its key, in this folder. Who has the key can be anybody.

    $ roster tls ca create`,
  flags: flags([
    { name: 'additional-name-constraint', kind: 'list', help: 'With -name-constraint: one more domain. May be given several times.' },
    { name: 'cluster-id', kind: 'string', default: '', help: 'ID of the cluster, named as spiffe://ID.DOMAIN.' },
    { name: 'common-name', kind: 'string', default: '', help: 'Name of the authority. Default: Roster Agent CA and a number.' },
    { name: 'days', kind: 'int', default: 1825, help: 'Days that it is valid for. Default: 1825, five years.' },
    { name: 'domain', kind: 'string', default: 'consul', help: 'Domain of the cluster; the files are named by it. Default: consul.' },
    { name: 'name-constraint', kind: 'bool', default: false, help: 'Sign names below the domain, below -additional-name-constraint and localhost only. Default: false.' },
    ...outputFlag,
  ]),
  run ({ values, io, show }) {
    const { domain, days } = values
    if (days <= 0) throw new Failure('-days must be above 0')
    const [certificateFile, keyFile] = [`${domain}-agent-ca.pem`, `${domain}-agent-ca-key.pem`]
    for (const file of [certificateFile, keyFile]) if (exists(file, io)) throw new Failure(`${file} already exists.`)
    const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
    const serial = randomSerial()
    const certificate = signCertificate({
      commonName: values['common-name'] || `Roster Agent CA ${BigInt(`0x${serial.toString('hex')}`)}`,
      organization: 'Roster',
      publicKey,
      days,
      serial,
      authority: { permittedDomains: values['name-constraint'] ? [...values['additional-name-constraint'], domain, 'localhost'] : [] },
      uris: values['cluster-id'] === '' ? [] : [`spiffe://${values['cluster-id']}.${domain}`],
    }, { key: privateKey }, new Date())
    writeNew(certificateFile, certificate, 0o644, io)
    writeNew(keyFile, privateKey.export({ type: 'sec1', format: 'pem' }).toString(), 0o600, io)
    show(() => ({ Certificate: certificateFile, Key: keyFile }), () => `==> Saved ${certificateFile}\n==> Saved ${keyFile}\n`)
    return 0
  },
})
