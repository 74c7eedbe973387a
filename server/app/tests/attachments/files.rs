//! Files to send: good ones, and each kind of bad one.

use std::io::{Cursor, Write as _};

use image::{DynamicImage, ImageFormat, Rgb, RgbImage};
use zip::{ZipWriter, write::SimpleFileOptions};

pub const CANARY: &[u8] = b"GPS-CANARY-35N139E";

pub fn contains(bytes: &[u8], part: &[u8]) -> bool {
    bytes.windows(part.len()).any(|window| window == part)
}

pub fn picture(format: ImageFormat) -> Vec<u8> {
    let image = RgbImage::from_fn(640, 400, |x, y| Rgb([(x % 256) as u8, (y % 256) as u8, 90]));
    let mut bytes = Cursor::new(Vec::new());
    DynamicImage::from(image).write_to(&mut bytes, format).unwrap();
    bytes.into_inner()
}

/// A photo with a place in its metadata, and something after its end.
pub fn photo() -> Vec<u8> {
    let plain = picture(ImageFormat::Jpeg);
    let (start, rest) = plain.split_at(2);
    let exif = [b"Exif\0\0MM\0\x2a\0\0\0\x08\0\0\0\0\0\0", CANARY].concat();
    let length = u16::try_from(exif.len() + 2).unwrap().to_be_bytes();
    [start, b"\xff\xe1", &length, &exif, rest].concat()
}

pub fn docx(more: &[(&str, &str)]) -> Vec<u8> {
    let types = "<?xml version=\"1.0\"?><Types xmlns=\"x\"><Default Extension=\"xml\" ContentType=\"application/xml\"/></Types>";
    let mut parts = vec![("[Content_Types].xml", types), ("word/document.xml", "<w:document/>")];
    parts.extend_from_slice(more);
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, text) in parts {
        writer.start_file(name, SimpleFileOptions::default()).unwrap();
        writer.write_all(text.as_bytes()).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

pub fn pdf() -> Vec<u8> {
    b"%PDF-1.7\n1 0 obj\n<< /Type /Catalog >>\nendobj\n\ntrailer << >>\n%%EOF\n".to_vec()
}

/// A PNG that says it is this large and holds nothing more.
pub fn bomb() -> Vec<u8> {
    let mut chunk = b"IHDR".to_vec();
    chunk.extend(60_000_u32.to_be_bytes());
    chunk.extend(60_000_u32.to_be_bytes());
    chunk.extend([8, 6, 0, 0, 0]);
    let mut crc = flate2::Crc::new();
    crc.update(&chunk);
    let mut png = b"\x89PNG\r\n\x1a\n\0\0\0\x0d".to_vec();
    png.extend(&chunk);
    png.extend(crc.sum().to_be_bytes());
    png.extend(b"\0\0\0\0IDAT\x35\xaf\x06\x1e");
    png
}

/// A text of exactly so many bytes, no two lines of it alike.
pub fn text(bytes: usize) -> Vec<u8> {
    let rest = " slept well".repeat(50);
    let mut text = Vec::with_capacity(bytes + 1_000);
    for line in 0_u32.. {
        text.extend_from_slice(format!("{line:07}{rest}\n").as_bytes());
        if text.len() >= bytes {
            break;
        }
    }
    text.truncate(bytes - 1);
    text.push(b'\n');
    text
}
