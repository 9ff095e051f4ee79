// What the shop's services refuse, one line each: code, status, text. The door (http.ts) writes them; nothing else makes an error answer.

const CATALOGUE = {
  BAD_INPUT: [400, 'The request is not well formed'],
  NOT_SIGNED_IN: [401, 'Sign in first: this needs a token'],
  BAD_TOKEN: [401, 'The token is not one of ours, or too old'],
  WRONG_PASSWORD: [401, 'No account has this name and password'],
  NOT_YOURS: [403, 'This belongs to somebody else'],
  FOREIGN_PAGE: [403, 'A page of another site must not change anything here'],
  UNKNOWN_PRODUCT: [404, 'There is no such product'],
  UNKNOWN_ORDER: [404, 'There is no such order'],
  UNKNOWN_RESERVATION: [404, 'There is no such reservation'],
  UNKNOWN: [404, 'There is nothing here'],
  NAME_TAKEN: [409, 'Somebody has this name already'],
  OUT_OF_STOCK: [409, 'There is not enough of it left'],
  ANOTHER_MEANING: [409, 'This id was used for something else before'],
  RELEASED: [410, 'The reservation was given back'],
  EXPIRED: [410, 'The reservation was too old'],
  TOO_LARGE: [413, 'The request is too large'],
  BASKET_TOO_LARGE: [422, 'A basket has at most 20 products, and at most 100 of each'],
  INJECTED: [503, 'A fault was switched on here'],
  NOT_NOW: [503, 'A service that is needed does not answer; nothing is lost, ask again'],
  BUG: [500, 'Something went wrong here'],
} as const satisfies Record<string, readonly [status: number, message: string]>

export type ErrorCode = keyof typeof CATALOGUE

/** A refusal that the caller is told of, as `{ error: { code, message } }`. */
export class ShopError extends Error {
  readonly status: number

  /** @param detail what of the request was wrong; goes into the text */
  constructor (readonly code: ErrorCode, detail?: string, options?: ErrorOptions) {
    const [status, message] = CATALOGUE[code]
    super(detail === undefined ? message : `${message}: ${detail}`, options)
    this.name = 'ShopError'
    this.status = status
  }
}

export const isShopError = (error: unknown, code?: ErrorCode): error is ShopError => error instanceof ShopError && (code === undefined || error.code === code)

/** @example textOf(new Error('x')) === 'x' */
export const textOf = (error: unknown): string => error instanceof Error ? error.message : String(error)
