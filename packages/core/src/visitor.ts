/** Who sent a request, as far as that is known from where it came. Worked out in one place, when the request comes in. */
export interface Visitor {
  /** The address of whoever asked: of those who are no trusted proxy, the one nearest to us. An IPv4 address is never written inside IPv6. */
  readonly ip: string | null;
  /** The host that was asked for, as a `Host` header has it; "" where none was named. */
  readonly host: string;
  /** Whether it was asked by TLS, where a trusted proxy says so; null: nobody has said. */
  readonly https: boolean | null;
}
