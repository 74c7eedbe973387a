// The network between one device and the server, as a wire that a test can cut. Switching a browser offline would leave
// its open WebSockets alive, so the bytes go through here.

import { connect, createServer } from 'node:net'
import type { AddressInfo, Server as Listener, Socket } from 'node:net'

/** A wire to one port of this machine. */
export class Wire {
  private readonly listener: Listener
  private readonly pairs = new Set<[Socket, Socket]>()
  private state: 'whole' | 'cut' | 'silent' = 'whole'

  private constructor(private readonly to: number) {
    this.listener = createServer((near) => this.join(near))
  }

  /** Lays a wire to the server's door. */
  static async lay(to: number): Promise<Wire> {
    const wire = new Wire(to)
    await new Promise<void>((resolve) => wire.listener.listen(0, '127.0.0.1', resolve))
    return wire
  }

  /** The near end's port. */
  get port(): number {
    return (this.listener.address() as AddressInfo).port
  }

  private join(near: Socket): void {
    if (this.state === 'cut') {
      near.resetAndDestroy()
      return
    }
    const far = connect(this.to, '127.0.0.1')
    const pair: [Socket, Socket] = [near, far]
    this.pairs.add(pair)
    for (const [one, other] of [pair, [far, near]] as const) {
      one.on('data', (bytes) => {
        if (this.state === 'whole') other.write(bytes)
      })
      one.on('error', () => {})
      one.on('close', () => {
        this.pairs.delete(pair)
        other.destroy()
      })
    }
  }

  /** Cuts: everything open breaks, nothing new gets through. */
  cut(): void {
    this.state = 'cut'
    for (const pair of this.pairs) pair.forEach((socket) => socket.destroy())
    this.pairs.clear()
  }

  /** Swallows every byte without closing anything, as a dead radio cell does. */
  silence(): void {
    this.state = 'silent'
  }

  /** Mends the wire. What was swallowed is lost, so connections that lost bytes break. */
  mend(): void {
    if (this.state === 'silent') this.cut()
    this.state = 'whole'
  }

  /** Takes the wire away. */
  async close(): Promise<void> {
    this.cut()
    await new Promise((resolve) => this.listener.close(resolve))
  }
}
