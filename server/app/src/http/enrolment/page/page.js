// The page of the door for enrolment: a one-time code against this device's certificate file.

const find = (id) => document.getElementById(id)
let language = navigator.language.startsWith('ja') ? 'ja' : 'en'
let problem = null
let given = false

/** No letter or digit that is taken for another one. */
const LETTERS = 'abcdefghjkmnpqrstuvwxyz23456789'

const UNREACHED = {
  title: 'The server cannot be reached, or the time for registration is over. Please ask your administrator.',
  title_ja: 'サーバーにつながらないか、受付の時間が終わっています。管理者に確認してください。',
}

/** Four groups of four: 79 bits, easily read aloud. */
function newPassword() {
  let letters = ''
  while (letters.length < 16) {
    for (const byte of crypto.getRandomValues(new Uint8Array(32))) {
      // 248 is the largest multiple of 31 within a byte: beyond it some letters would come more often.
      if (byte < 248 && letters.length < 16) letters += LETTERS[byte % LETTERS.length]
    }
  }
  return letters.match(/.{4}/g).join('-')
}

const bytesOf = (base64) => Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0))

function speak() {
  document.documentElement.lang = language
  document.title = language === 'ja' ? '端末の登録 — 襷 Tasuki' : 'Register this device — Tasuki'
  find('problem').textContent = problem ? (language === 'ja' ? problem.title_ja : problem.title) : ''
}

function complain(told) {
  problem = told
  speak()
  find('code').setAttribute('aria-invalid', String(told !== null))
  if (told) find('code').focus()
}

function offer(id, bytes, type) {
  find(id).href = URL.createObjectURL(new Blob([bytes], { type }))
}

async function authority() {
  const answer = await fetch('/enrolment/authority.pem')
  if (!answer.ok) throw new Error('authority')
  const pem = await answer.text()
  const der = bytesOf(pem.match(/-----BEGIN CERTIFICATE-----([^-]*)-----END CERTIFICATE-----/)[1].replace(/\s/g, ''))
  const hash = new Uint8Array(await crypto.subtle.digest('SHA-256', der))
  find('fingerprint').textContent = [...hash].map((byte) => byte.toString(16).padStart(2, '0').toUpperCase()).join(':')
  offer('authority', pem, 'application/x-x509-ca-cert')
}

function platform() {
  const agent = navigator.userAgent
  if (/iPad|iPhone/.test(agent) || (/Macintosh/.test(agent) && navigator.maxTouchPoints > 1)) return 'apple'
  if (/Android/.test(agent)) return 'android'
  if (/Windows/.test(agent)) return 'windows'
  return /Macintosh/.test(agent) ? 'mac' : 'linux'
}

function show(enrolled, password) {
  offer('package', bytesOf(enrolled.pkcs12), 'application/x-pkcs12')
  find('package').download = `tasuki-${enrolled.device.slice(0, 8)}.p12`
  find('password').textContent = password
  find('until').textContent = new Date(enrolled.not_after / 1000).toLocaleDateString('ja-JP', { timeZone: 'Asia/Tokyo' })
  find('door').href = document.body.dataset.door
  document.querySelector(`details[data-platform='${platform()}']`).open = true
  given = true
  find('ask').hidden = true
  find('given').hidden = false
  find('given').focus()
}

async function send(event) {
  event.preventDefault()
  const button = find('send')
  if (button.disabled) return
  button.disabled = true
  complain(null)
  try {
    // Before the code is used up: without the authority's certificate the other file is of no use.
    await authority()
    const password = newPassword()
    const answer = await fetch('/enrolment', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ code: find('code').value.trim(), password }),
    })
    const told = await answer.json()
    if (answer.ok) show(told, password)
    else complain(told)
  } catch {
    complain(UNREACHED)
  } finally {
    button.disabled = false
  }
}

find('form').addEventListener('submit', send)
find('language').addEventListener('click', () => {
  language = language === 'ja' ? 'en' : 'ja'
  speak()
})
find('copy').addEventListener('click', () => navigator.clipboard.writeText(find('password').textContent))
find('door').addEventListener('click', () => {
  given = false
})
window.addEventListener('beforeunload', (event) => {
  if (given) event.preventDefault()
})

// A link may bring the code; it stays in the browser and leaves the address at once.
const brought = new URLSearchParams(location.hash.slice(1)).get('code')
if (brought) {
  find('code').value = brought
  history.replaceState(null, '', location.pathname)
}
speak()
