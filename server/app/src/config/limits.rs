//! Config room: the size of every buffer, queue and pool at the door and behind it (threat model C8).

use serde::{Deserialize, Serialize};

use super::Number;

/// `[limits]`
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Limits {
    /// Open connections in all; one more is closed at once.
    pub connections: Number<1, 200_000>,
    /// Open connections from one address (a whole home may stand behind one).
    pub connections_per_source: Number<1, 200_000>,
    /// Handshakes that are being computed at the same time; others wait their turn.
    pub handshakes_in_flight: Number<1, 4_096>,
    /// From the TCP connection to the finished handshake.
    pub handshake_timeout_ms: Number<100, 60_000>,
    /// From the handshake to the first complete request head.
    pub first_request_timeout_ms: Number<100, 120_000>,
    /// HTTP/1.1: from waiting for a request to its complete head.
    pub header_timeout_ms: Number<100, 120_000>,
    /// All header fields of one request.
    pub header_bytes: Number<8_192, 262_144>,
    /// Number of header fields of one request (HTTP/1.1).
    pub headers: Number<16, 256>,
    /// A connection without a byte in either direction ends after this.
    pub idle_timeout_seconds: Number<5, 3_600>,
    /// Body of an ordinary request.
    pub body_bytes: Number<16_384, 16_777_216>,
    /// One frame that a client sends over a WebSocket.
    pub frame_bytes: Number<4_096, 1_048_576>,
    /// One attached file.
    pub attachment_bytes: Number<1_048_576, 104_857_600>,
    /// Frames waiting for a slow reader before it is dropped.
    pub socket_queue_frames: Number<16, 65_536>,
    /// Bytes that a socket may hold for a slow reader.
    pub socket_write_buffer_bytes: Number<16_384, 4_194_304>,
    /// Read buffer of each socket; small, because thousands are idle.
    pub socket_read_buffer_bytes: Number<512, 131_072>,
    /// `[limits.http2]`
    pub http2: Http2,
    /// `[limits.rate]`
    pub rate: Rate,
    /// `[limits.hashing]`
    pub hashing: Hashing,
    /// `[limits.writer]`
    pub writer: Writer,
}

/// `[limits.http2]`
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Http2 {
    /// Requests and sockets open at the same time on one connection.
    pub streams: Number<8, 1_024>,
    /// Bytes in flight towards the server on one stream.
    pub stream_window_bytes: Number<65_535, 8_388_608>,
    /// Bytes in flight towards the server on one connection.
    pub connection_window_bytes: Number<65_535, 33_554_432>,
    /// Largest frame of the protocol itself.
    pub frame_bytes: Number<16_384, 1_048_576>,
    /// Bytes kept for sending on one stream.
    pub send_buffer_bytes: Number<16_384, 4_194_304>,
    /// Streams that a client reset and the server has not yet cleared away.
    pub pending_resets: Number<1, 1_024>,
    /// A ping goes out after this long without traffic.
    pub ping_seconds: Number<5, 600>,
    /// The connection ends when the ping is not answered within this.
    pub ping_timeout_seconds: Number<1, 120>,
}

/// `[limits.rate]`: allowances refill evenly; the burst is what may be used at once.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Rate {
    /// Requests and frames of one device in a second.
    pub device_per_second: Number<1, 1_000_000>,
    /// Burst of one device.
    pub device_burst: Number<1, 1_000_000>,
    /// Requests and frames of one person in a second.
    pub person_per_second: Number<1, 1_000_000>,
    /// Burst of one person.
    pub person_burst: Number<1, 1_000_000>,
    /// Requests and frames of one organization in a second.
    pub organization_per_second: Number<1, 1_000_000>,
    /// Burst of one organization.
    pub organization_burst: Number<1, 1_000_000>,
    /// Attempts to sign in from one device in a minute.
    pub sign_in_per_minute: Number<1, 10_000>,
    /// Attempts to enrol from one address in a minute.
    pub enrolment_per_minute: Number<1, 10_000>,
}

/// `[limits.hashing]`
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Hashing {
    /// Passwords that are hashed at the same time; each takes the memory of `sign_in.argon2`.
    pub threads: Number<1, 64>,
    /// Sign-ins that wait for a hash; one more is told to come back.
    pub queue: Number<1, 4_096>,
}

/// `[limits.writer]`
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Writer {
    /// Pieces of work in one durable commit.
    pub batch: Number<1, 4_096>,
    /// Pieces of work that wait for the writer; one more is told to come back.
    pub queue: Number<16, 65_536>,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            connections: Number::of(20_000),
            connections_per_source: Number::of(5_000),
            handshakes_in_flight: Number::of(64),
            handshake_timeout_ms: Number::of(10_000),
            first_request_timeout_ms: Number::of(10_000),
            header_timeout_ms: Number::of(15_000),
            header_bytes: Number::of(16_384),
            headers: Number::of(64),
            idle_timeout_seconds: Number::of(120),
            body_bytes: Number::of(262_144),
            frame_bytes: Number::of(65_536),
            attachment_bytes: Number::of(20_971_520),
            socket_queue_frames: Number::of(256),
            socket_write_buffer_bytes: Number::of(262_144),
            socket_read_buffer_bytes: Number::of(2_048),
            http2: Http2::default(),
            rate: Rate::default(),
            hashing: Hashing::default(),
            writer: Writer::default(),
        }
    }
}

impl Default for Http2 {
    fn default() -> Self {
        Self {
            streams: Number::of(128),
            stream_window_bytes: Number::of(262_144),
            connection_window_bytes: Number::of(1_048_576),
            frame_bytes: Number::of(16_384),
            send_buffer_bytes: Number::of(65_536),
            pending_resets: Number::of(20),
            ping_seconds: Number::of(20),
            ping_timeout_seconds: Number::of(20),
        }
    }
}

impl Default for Rate {
    fn default() -> Self {
        Self {
            device_per_second: Number::of(30),
            device_burst: Number::of(200),
            person_per_second: Number::of(20),
            person_burst: Number::of(120),
            organization_per_second: Number::of(1_000),
            organization_burst: Number::of(4_000),
            sign_in_per_minute: Number::of(30),
            enrolment_per_minute: Number::of(10),
        }
    }
}

impl Default for Hashing {
    fn default() -> Self {
        Self { threads: Number::of(2), queue: Number::of(64) }
    }
}

impl Default for Writer {
    fn default() -> Self {
        Self { batch: Number::of(256), queue: Number::of(4_096) }
    }
}
