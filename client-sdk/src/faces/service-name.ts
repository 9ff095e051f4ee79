// Names of services as hosts of URLs: `payments.service.roster`, and `.service.consul` for what is written that way already. Pure.

/** @example serviceHost('payments') === 'payments.service.roster' */
export const serviceHost = (service: string): string => `${service.toLowerCase()}.service.roster`

/**
 * The service that an origin names, `undefined` when it names none. With a port it is an ordinary host name: whoever writes a port has found the service by DNS and means that port.
 * @example serviceOf('http://payments.service.consul') === 'payments'
 * @example serviceOf('http://payments.service.consul:9100') === undefined
 */
export function serviceOf (origin: string | URL): string | undefined {
  const text = typeof origin === 'string' ? origin : origin.origin
  return /^https?:\/\/([^./:@]+)\.service\.(?:roster|consul)\.?\/?$/i.exec(text)?.[1]?.toLowerCase()
}
