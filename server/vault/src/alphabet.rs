//! Vault: thirty-two symbols that a person can read aloud and type back (Crockford's base 32: no I, L, O, U).

use unicode_normalization::UnicodeNormalization;
use zeroize::Zeroizing;

const SYMBOLS: [char; 32] = [
    '0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'A', 'B', 'C', 'D', 'E', 'F', 'G', 'H', 'J', 'K', 'M',
    'N', 'P', 'Q', 'R', 'S', 'T', 'V', 'W', 'X', 'Y', 'Z',
];

/// The symbol for the low five bits of `value`.
pub(crate) fn symbol(value: u8) -> char {
    SYMBOLS.get(usize::from(value & 31)).copied().expect("five bits are below thirty-two")
}

/// What was typed, made plain: full width folded, case folded, O as 0, I and L as 1, spaces and every kind of
/// hyphen (and the long vowel mark, which Japanese keyboards give for it) left out.
pub(crate) fn folded(typed: &str) -> impl Iterator<Item = char> {
    typed.nfkc().filter(|c| !c.is_whitespace() && !is_hyphen(*c)).map(|c| match c.to_ascii_uppercase() {
        'O' => '0',
        'I' | 'L' => '1',
        other => other,
    })
}

fn is_hyphen(c: char) -> bool {
    matches!(
        c,
        '-' | '\u{00AD}' | '\u{2010}'..='\u{2015}' | '\u{2212}' | '\u{30FC}' | '\u{FE63}' | '\u{2500}'
    )
}

/// The five bits of a folded symbol; `None` when it is not one of the thirty-two.
pub(crate) fn value(symbol: char) -> Option<u8> {
    SYMBOLS.iter().position(|known| *known == symbol).and_then(|position| u8::try_from(position).ok())
}

/// Writes bytes as symbols, most significant bit first, the last one filled up with zero bits.
pub(crate) fn encode(bytes: &[u8]) -> Zeroizing<String> {
    let mut out = Zeroizing::new(String::with_capacity(bytes.len() * 8 / 5 + 1));
    let (mut held, mut bits) = (0_u16, 0_u32);
    for byte in bytes {
        held = (held << 8) | u16::from(*byte);
        bits += 8;
        while bits >= 5 {
            bits -= 5;
            out.push(symbol((held >> bits).to_be_bytes()[1]));
            held &= (1 << bits) - 1;
        }
    }
    if bits > 0 {
        out.push(symbol((held << (5 - bits)).to_be_bytes()[1]));
    }
    out
}

/// Reads symbol values back into exactly `N` bytes; `None` on another length or on set filling bits.
pub(crate) fn decode<const N: usize>(values: &[u8]) -> Option<Zeroizing<[u8; N]>> {
    if values.len() != (N * 8).div_ceil(5) {
        return None;
    }
    let mut out = Zeroizing::new([0; N]);
    let mut places = out.iter_mut();
    let (mut held, mut bits) = (0_u16, 0_u32);
    for value in values {
        held = (held << 5) | u16::from(*value & 31);
        bits += 5;
        if bits >= 8 {
            bits -= 8;
            if let Some(place) = places.next() {
                *place = (held >> bits).to_be_bytes()[1];
            }
            held &= (1 << bits) - 1;
        }
    }
    (held == 0).then_some(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_come_back_at_every_length() {
        fn there_and_back<const N: usize>() {
            let bytes: [u8; N] = std::array::from_fn(|at| (at as u8).wrapping_mul(73).wrapping_add(9));
            let values: Vec<u8> = encode(&bytes).chars().map(|c| value(c).unwrap()).collect();
            assert_eq!(*decode::<N>(&values).unwrap(), bytes);
        }
        there_and_back::<1>();
        there_and_back::<4>();
        there_and_back::<5>();
        there_and_back::<10>();
        there_and_back::<32>();
    }

    #[test]
    fn set_filling_bits_and_wrong_lengths_are_refused() {
        assert!(decode::<1>(&[31, 31]).is_none());
        assert!(decode::<1>(&[31]).is_none());
        assert!(decode::<1>(&[31, 28]).is_some());
    }

    #[test]
    fn what_people_type_is_folded() {
        let typed: String = folded(" ａｂ-oＩl―９ー\u{3000}z").collect();
        assert_eq!(typed, "AB0119Z");
    }
}
