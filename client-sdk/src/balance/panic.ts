// When too few are well, the reports are believed less than the instances: better to try all than to crush the rest, or to refuse. Pure.
// Source: Envoy, panic threshold. The denominator is the true one here: the registry sends sick instances too, so "two of two are well" and "two of ten are well" differ.

/** Share of healthy instances below which health is not looked at, 0 to 1. Default as in Envoy. */
export const DEFAULT_PANIC_THRESHOLD = 0.5

/**
 * @param healthy those that the registry calls passing or warning
 * @param total all that want calls, sick ones included; not those that withdrew by their own word, who would refuse
 * @param threshold 0: never
 * @example isPanic(4, 10, 0.5); not isPanic(5, 10, 0.5), nor isPanic(0, 0, 0.5): nobody is there to try
 */
export const isPanic = (healthy: number, total: number, threshold: number): boolean => total > 0 && healthy / total < threshold
