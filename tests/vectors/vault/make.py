#!/usr/bin/env python3
"""A second implementation of the vault's formats, written from their descriptions alone, in Python.

It wrote the vectors beside it: `python3 make.py` (package `cryptography`) prints them again, to be compared, and
`python3 make.py --write` writes them. The vectors are frozen: a change of a format is a new format number and a
new vector, never a changed one. The queue vector comes from `queue.mjs`, which uses the browser's WebCrypto.
"""
import base64, hashlib, hmac, json, pathlib, sys, uuid
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

b64 = lambda b: base64.b64encode(b).decode()
b64nopad = lambda b: b64(b).rstrip("=")
url = lambda b: base64.urlsafe_b64encode(b).decode().rstrip("=")
sha = lambda *parts: hashlib.sha256(b"".join(parts)).digest()
mac = lambda key, *parts: hmac.new(key, b"".join(parts), hashlib.sha256).digest()
u16, u32, u64 = (lambda n, size=size: n.to_bytes(size, "big") for size in (2, 4, 8))


def hkdf(ikm, salt, label, context, length):
    prk = mac(salt if salt else b"\0" * 32, ikm)
    info, out, block, counter = label.encode() + b"\0" + context, b"", b"", 1
    while len(out) < length:
        block = mac(prk, block, info, bytes([counter]))
        out, counter = out + block, counter + 1
    return out[:length]


def gcm(material, ad, plaintext):
    return AESGCM(material[:32]).encrypt(material[32:], plaintext, ad)


def fixed(name, length):
    """Bytes that stand for random ones."""
    return hashlib.shake_256(("tasuki vector " + name).encode()).digest(length)


ROOT = bytes(range(32))
LABELS = ["fingerprint", "consortium", "organization", "log-month", "blind-index", "log-signing", "witness-signing",
          "device-authority", "queue-sealing", "token-pepper", "backup", "wrapped-key", "value", "stream", "key-file",
          "queue-item", "queue-lent-key"]
branch = lambda name, context=b"": hkdf(ROOT, b"", "tasuki/v1/" + name, context, 32)
FINGERPRINT = hkdf(ROOT, b"", "tasuki/v1/fingerprint", b"", 8)
shown = lambda f: "-".join(f.hex().upper()[i:i + 4] for i in range(0, 16, 4))

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


def base32(data):
    bits = "".join(f"{byte:08b}" for byte in data)
    bits += "0" * (-len(bits) % 5)
    return "".join(ALPHABET[int(bits[i:i + 5], 2)] for i in range(0, len(bits), 5))


def derive():
    return {"root": ROOT.hex(), "fingerprint": shown(FINGERPRINT),
            "labels": [{"label": "tasuki/v1/" + name, "empty_context": branch(name).hex(),
                        "context_0102": branch(name, b"\1\2").hex()} for name in LABELS]}


def wrapped(kind, scope, epoch, key_id, data_key, salt, parent):
    ad = bytes([1, kind]) + scope + u32(epoch) + key_id
    return b"\1" + salt + gcm(hkdf(parent, salt, "tasuki/v1/wrapped-key", b"", 44), ad, data_key)


def slot_ad(table, column, row, key_id):
    return b"\1" + u16(len(table)) + table.encode() + u16(len(column)) + column.encode() + row + key_id


def version_4(raw):
    raw = bytearray(raw)
    raw[6], raw[8] = raw[6] & 0x0F | 0x40, raw[8] & 0x3F | 0x80
    return bytes(raw)


def seal():
    cases = []
    organization, room = fixed("organization", 16), fixed("room", 16)
    for name, kind, scope, parent in [
            ("consortium", 1, bytes(16), branch("consortium")), ("organization", 2, organization, branch("organization", organization)),
            ("room", 3, room, branch("consortium")), ("patient", 4, room, branch("consortium")), ("person", 5, room, branch("consortium")),
            ("log month", 6, bytes(12) + u32(202611), branch("log-month", u32(202611)))]:
        drawn, data_key, wrap_salt, salt = (fixed(name + part, n) for part, n in ((" id", 16), (" key", 32), (" wrap", 32), (" salt", 32)))
        key_id, row = version_4(drawn), fixed(name + " row", 16)
        plaintext = "褥瘡の写真を撮りました。".encode()
        sealed = b"\1" + key_id + salt + gcm(hkdf(data_key, salt, "tasuki/v1/value", b"", 44), slot_ad("message", "body", row, key_id), plaintext)
        cases.append({"name": name, "scope_kind": kind, "scope_id": scope.hex(), "epoch": 7, "drawn_id": drawn.hex(), "key_id": key_id.hex(),
                      "data_key": data_key.hex(), "wrap_salt": wrap_salt.hex(), "wrapped": wrapped(kind, scope, 7, key_id, data_key, wrap_salt, parent).hex(),
                      "table": "message", "column": "body", "row": row.hex(), "salt": salt.hex(), "plaintext": plaintext.hex(), "sealed": sealed.hex()})
    return {"root": ROOT.hex(), "cases": cases}


def stream():
    drawn, data_key, wrap_salt, salt, row = (fixed("stream" + part, n) for part, n in ((" id", 16), (" key", 32), (" wrap", 32), (" salt", 32), (" row", 16)))
    key_id = version_4(drawn)
    key, place = hkdf(data_key, salt, "tasuki/v1/stream", b"", 32), slot_ad("file_chunk", "bytes", row, key_id)
    plain = [bytes(i * 31 + 7 & 255 for i in range(262144)), b"the end"]
    chunks = []
    for n, part in enumerate(plain):
        last = bytes([n == len(plain) - 1])
        chunks.append(AESGCM(key).encrypt(bytes(3) + u64(n) + last, part, place + u64(n) + last))
    return {"root": ROOT.hex(), "drawn_id": drawn.hex(), "data_key": data_key.hex(), "wrap_salt": wrap_salt.hex(), "salt": salt.hex(), "row": row.hex(),
            "table": "file_chunk", "column": "bytes", "header": (b"\1" + key_id + salt).hex(),
            "first_plaintext": "byte i is (31 i + 7) mod 256, 262144 bytes", "first_sealed_sha256": sha(chunks[0]).hex(),
            "last_plaintext": plain[1].hex(), "last_sealed": chunks[1].hex()}


def argon(secret, salt, m, t, p):
    return Argon2id(salt=salt, length=32, iterations=t, lanes=p, memory_cost=m).derive(secret)


def key_file():
    plain = f"tasuki-root-key-v1\nkey {url(ROOT)}\nfingerprint {shown(FINGERPRINT)}\n"
    passphrase, salt = "なつかしい 川の石 ７つ quartz", fixed("key file", 32)
    normal = "なつかしい 川の石 7つ quartz".encode()
    head = f"tasuki-root-key-sealed-v1\nfingerprint {shown(FINGERPRINT)}\nargon2id m=19456,t=2,p=1\nsalt {url(salt)}\n"
    sealed = gcm(hkdf(argon(normal, salt, 19456, 2, 1), salt, "tasuki/v1/key-file", b"", 44), head.encode(), ROOT)
    text = head + f"sealed {url(sealed)}\n"
    text += f"check {sha(text.encode())[:4].hex()}\n"
    lines = ["tasuki-recovery-sheet-v1"]
    for number, part in enumerate([ROOT[i:i + 8] for i in range(0, 32, 8)] + [FINGERPRINT], 1):
        symbols = base32(part + sha(b"tasuki recovery sheet v1", bytes([number]), part)[:2])
        lines.append(f"{number}: " + "-".join(symbols[i:i + 4] for i in range(0, 16, 4)))
    return {"root": ROOT.hex(), "plain": plain, "passphrase": passphrase, "salt": salt.hex(), "sealed": text, "sheet": "\n".join(lines) + "\n"}


def password():
    salt = fixed("password", 16)
    normal = argon("passワード1".encode(), salt, 19456, 2, 1)
    return {"typed": "ｐａｓｓワード①", "salt": salt.hex(), "hash": f"$argon2id$v=19$m=19456,t=2,p=1${b64nopad(salt)}${b64nopad(normal)}"}


def product(a, b):
    out = 0
    while b:
        out ^= a if b & 1 else 0
        a, b = a << 1, b >> 1
        a ^= 0b100101 if a & 32 else 0
    return out


def token():
    pepper, secret, drawn = branch("token-pepper"), fixed("token", 32), fixed("code", 19)
    values, power, check = [byte & 31 for byte in drawn], 1, 0
    for value in values:
        power = product(power, 2)
        check ^= product(value, power)
    text = "".join(ALPHABET[v] for v in values + [check])
    return {"root": ROOT.hex(), "token": secret.hex(), "token_text": url(secret), "session_digest": mac(pepper, b"\1\0", secret).hex(),
            "drawn_code": drawn.hex(), "code": "-".join(text[i:i + 5] for i in range(0, 20, 5)),
            "person_digest": mac(pepper, b"\2\0", bytes(values)).hex(), "device_digest": mac(pepper, b"\3\0", bytes(values)).hex()}


def blind_index():
    index = lambda scope, value: mac(branch("blind-index"), u16(6) + b"person" + u16(10) + b"login_name" + scope + value.encode())[:16].hex()
    scope = fixed("scope", 16)
    return {"root": ROOT.hex(), "table": "person", "column": "login_name", "typed": " Ｓａｔｏ.Hanako ", "normalised": "sato.hanako",
            "index": index(bytes(16), "sato.hanako"), "scope": scope.hex(), "scoped": index(scope, "sato.hanako")}


def leaf(index, body):
    ids = b"".join(fixed(f"leaf {name}", 16) for name in
                   ["actor", "post", "organization", "device", "session", "patient", "object organization", "room", "object"])
    return (b"TKAL\1" + u64(index) + (1795348800000000 + index * 1000).to_bytes(8, "big", signed=True) + u16(0x0102) + b"\3\1" + ids + u16(0x0405)
            + fixed("leaf request", 16) + fixed("leaf key", 16) + u32(len(body)) + body)


def root(hashes):
    if not hashes:
        return sha()
    if len(hashes) == 1:
        return hashes[0]
    k = 1
    while k * 2 < len(hashes):
        k *= 2
    return sha(b"\1", root(hashes[:k]), root(hashes[k:]))


def signer(name, kind):
    key = Ed25519PrivateKey.from_private_bytes(branch("log-signing" if kind == 1 else "witness-signing", name.encode()))
    public = key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
    key_id = sha(name.encode() + b"\n", bytes([kind]), public)[:4]
    return key, key_id, f"{name}+{key_id.hex()}+{b64(bytes([kind]) + public)}"


def log():
    origin, witness = "tasuki.example.jp/log", "witness.example.org/w1"
    key, key_id, vkey = signer(origin, 1)
    witness_key, witness_id, witness_vkey = signer(witness, 4)
    leaves = [leaf(i, fixed(f"body {i}", i * 9)) for i in range(7)]
    hashes = [sha(b"\0", entry) for entry in leaves]

    def checkpoint(size):
        text = f"{origin}\n{size}\n{b64(root(hashes[:size]))}\n"
        return text, f"{text}\n\u2014 {origin} {b64(key_id + key.sign(text.encode()))}\n"
    text, note = checkpoint(7)
    time = 1795348807
    signature = witness_key.sign(f"cosignature/v1\ntime {time}\n{text}".encode())
    cosigned = note + f"\u2014 {witness} {b64(witness_id + u64(time) + signature)}\n"
    frame = lambda kind, payload: kind + u32(len(payload)) + payload
    export = f"tasuki-log-export v1\nkey {vkey}\nfirst 0\n\n".encode()
    for i, entry in enumerate(leaves):
        export += frame(b"E", hashes[i] + entry)
        if i in (2, 6):
            export += frame(b"C", checkpoint(i + 1)[1].encode())
    export += frame(b"Z", u64(7))
    return {"root_key": ROOT.hex(), "origin": origin, "verifier_key": vkey, "witness": witness, "witness_key": witness_vkey,
            "leaves": [entry.hex() for entry in leaves], "leaf_hashes": [h.hex() for h in hashes],
            "roots": [root(hashes[:n]).hex() for n in range(8)], "checkpoint": note, "cosigned": cosigned, "cosigned_at": time, "export": export.hex()}


here, different = pathlib.Path(__file__).parent, False
for make in (derive, seal, stream, key_file, password, token, blind_index, log):
    text = json.dumps(make(), indent=1, ensure_ascii=False) + "\n"
    if "--write" in sys.argv:
        (here / f"{make.__name__}.json").write_text(text)
    else:
        same = (here / f"{make.__name__}.json").read_text() == text
        different |= not same
        print(make.__name__, "same" if same else "DIFFERENT")
sys.exit(different)
