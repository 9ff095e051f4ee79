// What the DNS door counts: plain numbers, cheap to add to for each question, turned into metrics only when someone asks.

/** Upper bounds of the latency buckets, seconds. An answer from kept bytes takes some 10 µs, one by way of recursors some ms to s. */
export const DNS_LATENCY_BUCKETS: readonly number[] = [0.000_01, 0.000_025, 0.000_05, 0.000_1, 0.000_25, 0.001, 0.005, 0.025, 0.1, 0.5, 2.5, 10]

export class DnsStats {
  /** Answers by RCODE, 0 to 15. */
  readonly answers = new Array<number>(16).fill(0)
  /** From the question's last byte to the answer's first. Counts at or below each bound, not cumulated; the last is what is beyond all. */
  readonly latency = { counts: new Array<number>(DNS_LATENCY_BUCKETS.length + 1).fill(0), count: 0, /** Seconds. */ sum: 0 }
  /** Messages received. */
  readonly received = { udp: 0, tcp: 0 }
  /** Answers sent from kept bytes. */
  kept = 0
  /** Messages that got silence: no question at all. */
  ignored = 0
  /** Messages that got silence: their source asks too much. */
  limited = 0
  /** Answers that the network would not take. */
  unsent = 0
  /** Answers that failed inside and were SERVFAIL. */
  failed = 0
  /** TCP connections open, and refused because there were too many. */
  readonly connections = { open: 0, refused: 0 }

  answered (bytes: Buffer, ms: number): void {
    this.answers[bytes[3]! & 15]!++
    const { latency } = this
    const seconds = ms / 1000
    latency.count++
    latency.sum += seconds
    let i = 0
    while (i < DNS_LATENCY_BUCKETS.length && seconds > DNS_LATENCY_BUCKETS[i]!) i++
    latency.counts[i]!++
  }
}
