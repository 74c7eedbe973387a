// Security keys: Chromium's virtual authenticator, into which the made people's passkeys are put.

import type { CDPSession, Page } from '@playwright/test'
import type { Credentials } from './template.ts'

/** A security key socket of one page. What is plugged in stays over navigations, not over a new page. */
export class KeySocket {
  private constructor(
    private readonly session: CDPSession,
    private readonly transport: 'usb' | 'internal',
    private authenticator: string,
  ) {}

  /** Gives a page an empty authenticator that touches and verifies by itself. */
  static async fit(page: Page, transport: 'usb' | 'internal' = 'usb'): Promise<KeySocket> {
    const session = await page.context().newCDPSession(page)
    await session.send('WebAuthn.enable')
    return new KeySocket(session, transport, await add(session, transport))
  }

  /** Plugs a person's key in. Its counter is the time in seconds, as the story's own keys count. */
  async plug(person: Credentials): Promise<void> {
    const { credential_id, user_handle, rp_id, private_key_pkcs8 } = person.passkey
    await this.session.send('WebAuthn.addCredential', {
      authenticatorId: this.authenticator,
      credential: {
        credentialId: plain(credential_id),
        userHandle: plain(user_handle),
        rpId: rp_id,
        privateKey: private_key_pkcs8,
        isResidentCredential: true,
        signCount: nextCount(),
      },
    })
  }

  /** Takes every key out. */
  async unplug(): Promise<void> {
    await this.session.send('WebAuthn.clearCredentials', { authenticatorId: this.authenticator })
  }

  /** Whether whoever holds the key enters the right PIN; without it the page is told `NotAllowedError`. */
  async verify(verified: boolean): Promise<void> {
    if (verified) await this.renew()
    else
      await this.session.send('WebAuthn.setUserVerified', {
        authenticatorId: this.authenticator,
        isUserVerified: false,
      })
  }

  /** The same keys in a new authenticator: Chromium tries a wrong PIN until the old one is blocked for good. */
  private async renew(): Promise<void> {
    const { credentials } = await this.session.send('WebAuthn.getCredentials', { authenticatorId: this.authenticator })
    await this.session.send('WebAuthn.removeVirtualAuthenticator', { authenticatorId: this.authenticator })
    this.authenticator = await add(this.session, this.transport)
    for (const credential of credentials) {
      await this.session.send('WebAuthn.addCredential', { authenticatorId: this.authenticator, credential })
    }
  }

  /** Ids of the keys that are plugged in or were made here. */
  async held(): Promise<string[]> {
    const { credentials } = await this.session.send('WebAuthn.getCredentials', { authenticatorId: this.authenticator })
    return credentials.map((credential) => credential.credentialId)
  }
}

async function add(session: CDPSession, transport: 'usb' | 'internal'): Promise<string> {
  const { authenticatorId } = await session.send('WebAuthn.addVirtualAuthenticator', {
    options: {
      protocol: 'ctap2',
      ctap2Version: 'ctap2_1',
      transport,
      hasResidentKey: true,
      hasUserVerification: true,
      hasPrf: true,
      isUserVerified: true,
      automaticPresenceSimulation: true,
    },
  })
  return authenticatorId
}

/** One count for all pages: the same key may be plugged into several within a second. */
let highest = 0

function nextCount(): number {
  highest = Math.max(highest + 50, Math.floor(Date.now() / 1000))
  return highest
}

/** Base64 as the protocol wants it, from base64url. */
function plain(text: string): string {
  return Buffer.from(text, 'base64url').toString('base64')
}
