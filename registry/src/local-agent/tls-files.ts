// What a local agent shows and trusts when it asks its servers over HTTPS: the files of `tls.https`.

import { readFile } from 'node:fs/promises'
import type { TlsListenerConfig } from '../config/runtime-config.js'
import type { TlsFiles } from './upstream.js'

/** @throws the file system's error for a file that is named and cannot be read */
export async function tlsFiles ({ caFile, certFile, keyFile }: TlsListenerConfig): Promise<TlsFiles> {
  const read = async (path: string): Promise<Buffer | undefined> => path === '' ? undefined : await readFile(path)
  const [ca, cert, key] = await Promise.all([read(caFile), read(certFile), read(keyFile)])
  return { ca, cert, key }
}
