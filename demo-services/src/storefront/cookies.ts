// The one cookie: which session this browser has. https://www.rfc-editor.org/rfc/rfc6265

import { randomBytes } from 'node:crypto'

const NAME = 'shop'
/** Seconds: as long as a session is kept. */
const AGE = 24 * 60 * 60

/** @returns `undefined` for none, or one that cannot be ours */
export const sessionOf = (header: string | undefined): string | undefined => new RegExp(`(?:^|;\\s*)${NAME}=([A-Za-z0-9_-]{22})(?:;|$)`).exec(header ?? '')?.[1]

export const newSession = (): string => randomBytes(16).toString('base64url')

export const cookieOf = (id: string): string => `${NAME}=${id}; Path=/; HttpOnly; SameSite=Strict; Max-Age=${AGE}`
