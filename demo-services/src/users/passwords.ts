// Passwords as they are kept: scrypt, with a salt each. https://www.rfc-editor.org/rfc/rfc7914

import { randomBytes, scrypt, timingSafeEqual } from 'node:crypto'
import { promisify } from 'node:util'

const derive = promisify<string, Buffer, number, Buffer>(scrypt as never)
/** Bytes. */
const SALT = 16
const KEY = 32

/** @returns `salt.key`, base64url */
export async function hash (password: string): Promise<string> {
  const salt = randomBytes(SALT)
  return `${salt.toString('base64url')}.${(await derive(password, salt, KEY)).toString('base64url')}`
}

export async function matches (password: string, kept: string): Promise<boolean> {
  const [salt = '', key = ''] = kept.split('.')
  return timingSafeEqual(await derive(password, Buffer.from(salt, 'base64url'), KEY), Buffer.from(key, 'base64url'))
}
