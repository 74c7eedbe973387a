//! files: what goes over the pipes between server and picture helper. The helper is not trusted: its
//! answer is parsed like anything from outside.
//!
//! Request: length (u32, big endian), bytes. Answer: a status byte; 0 is followed by kind (0 JPEG, 1 PNG),
//! width, height (u32), then picture and thumbnail, each as length (u32) and bytes; others name a refusal.

use std::io::Read;

use super::{CleanPicture, Kind, LARGEST_INPUT, PictureRefusal};

const DONE: u8 = 0;
const UNREADABLE: u8 = 1;
const TOO_MANY_PIXELS: u8 = 2;
const TOO_LARGE: u8 = 3;

/// Reads the request (helper's side).
pub(super) fn read_request(mut input: impl Read) -> Result<Vec<u8>, PictureRefusal> {
    let mut length = [0; 4];
    input.read_exact(&mut length).map_err(|_| PictureRefusal::Unreadable)?;
    let length = usize::try_from(u32::from_be_bytes(length)).map_err(|_| PictureRefusal::TooLarge)?;
    if length > LARGEST_INPUT {
        return Err(PictureRefusal::TooLarge);
    }
    let mut bytes = vec![0; length];
    input.read_exact(&mut bytes).map_err(|_| PictureRefusal::Unreadable)?;
    Ok(bytes)
}

/// Writes the answer (helper's side).
pub(super) fn write_answer(result: &Result<CleanPicture, PictureRefusal>) -> Vec<u8> {
    let picture = match result {
        Ok(picture) => picture,
        Err(PictureRefusal::TooManyPixels) => return vec![TOO_MANY_PIXELS],
        Err(PictureRefusal::TooLarge) => return vec![TOO_LARGE],
        Err(_) => return vec![UNREADABLE],
    };
    let mut answer = vec![DONE, u8::from(picture.kind == Kind::Png)];
    answer.extend(picture.width.to_be_bytes());
    answer.extend(picture.height.to_be_bytes());
    for part in [&picture.bytes, &picture.thumbnail] {
        answer.extend(u32::try_from(part.len()).unwrap_or(u32::MAX).to_be_bytes());
        answer.extend_from_slice(part);
    }
    answer
}

/// Reads the answer (server's side). Nothing, or anything out of form, means that the helper was ended.
pub(super) fn read_answer(answer: &[u8]) -> Result<CleanPicture, PictureRefusal> {
    let (status, rest) = answer.split_first().ok_or(PictureRefusal::TooMuchWork)?;
    match *status {
        DONE => parse(rest).ok_or(PictureRefusal::TooMuchWork),
        UNREADABLE => Err(PictureRefusal::Unreadable),
        TOO_MANY_PIXELS => Err(PictureRefusal::TooManyPixels),
        TOO_LARGE => Err(PictureRefusal::TooLarge),
        _ => Err(PictureRefusal::TooMuchWork),
    }
}

fn parse(answer: &[u8]) -> Option<CleanPicture> {
    let (kind, rest) = answer.split_first()?;
    let (width, rest) = number(rest)?;
    let (height, rest) = number(rest)?;
    let (bytes, rest) = part(rest)?;
    let (thumbnail, rest) = part(rest)?;
    let (kind, mark) = match kind {
        0 => (Kind::Jpeg, &b"\xff\xd8\xff"[..]),
        1 => (Kind::Png, &b"\x89PNG\r\n\x1a\n"[..]),
        _ => return None,
    };
    let sound = rest.is_empty() && bytes.starts_with(mark) && thumbnail.starts_with(b"\xff\xd8\xff");
    sound.then(|| CleanPicture { kind, bytes: bytes.to_vec(), thumbnail: thumbnail.to_vec(), width, height })
}

fn number(bytes: &[u8]) -> Option<(u32, &[u8])> {
    let (number, rest) = bytes.split_first_chunk::<4>()?;
    Some((u32::from_be_bytes(*number), rest))
}

fn part(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let (length, rest) = number(bytes)?;
    rest.split_at_checked(usize::try_from(length).ok()?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn picture() -> CleanPicture {
        let bytes = b"\x89PNG\r\n\x1a\nabc".to_vec();
        CleanPicture { kind: Kind::Png, bytes, thumbnail: b"\xff\xd8\xffx".to_vec(), width: 3, height: 2 }
    }

    #[test]
    fn an_answer_comes_through_whole_or_not_at_all() {
        let answer = write_answer(&Ok(picture()));
        assert!(read_answer(&answer) == Ok(picture()));
        for length in 0..answer.len() {
            let cut = answer.get(..length).unwrap();
            assert!(read_answer(cut) == Err(PictureRefusal::TooMuchWork), "cut at {length}");
        }
        let longer = [answer, vec![0]].concat();
        assert!(read_answer(&longer) == Err(PictureRefusal::TooMuchWork));
        let refusal = write_answer(&Err(PictureRefusal::TooManyPixels));
        assert!(read_answer(&refusal) == Err(PictureRefusal::TooManyPixels));
    }

    proptest! {
        #[test]
        fn any_answer_is_read_without_panic(answer in proptest::collection::vec(any::<u8>(), 0..200)) {
            let _ = read_answer(&answer);
        }
    }
}
