//! The picture helper as the server runs it: the built program, started again.
#![expect(clippy::unwrap_used, reason = "tests")]

use std::io::{Cursor, Write as _};
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use image::{DynamicImage, ImageFormat, Rgb, RgbImage, Rgba, RgbaImage};
use tasuki_app::files::picture::{PictureCleaner, clean};
use tasuki_app::files::{CleanPicture, Kind, PictureRefusal};

fn helper() -> &'static Path {
    Path::new(env!("CARGO_BIN_EXE_tasuki"))
}

async fn cleaned(bytes: &[u8]) -> Result<CleanPicture, PictureRefusal> {
    clean(bytes, helper()).await
}

fn encoded(image: impl Into<DynamicImage>, format: ImageFormat) -> Vec<u8> {
    let mut bytes = Cursor::new(Vec::new());
    image.into().write_to(&mut bytes, format).unwrap();
    bytes.into_inner()
}

/// Left half red, right half blue.
fn two_colours(width: u32, height: u32) -> RgbImage {
    RgbImage::from_fn(width, height, |x, _| if x < width / 2 { Rgb([250, 0, 0]) } else { Rgb([0, 0, 250]) })
}

/// An EXIF segment with an orientation and a GPS block at 35° 41' 22" N, written by hand.
fn exif(orientation: u8) -> Vec<u8> {
    let mut tiff = b"MM\0\x2a\0\0\0\x08".to_vec();
    tiff.extend(b"\0\x02"); // two entries
    tiff.extend([0x01, 0x12, 0, 3, 0, 0, 0, 1, 0, orientation, 0, 0]); // Orientation
    tiff.extend([0x88, 0x25, 0, 4, 0, 0, 0, 1, 0, 0, 0, 38]); // GPS block at 38
    tiff.extend([0, 0, 0, 0]); // no next block
    tiff.extend(b"\0\x02");
    tiff.extend([0, 1, 0, 2, 0, 0, 0, 2, b'N', 0, 0, 0]); // GPSLatitudeRef
    tiff.extend([0, 2, 0, 5, 0, 0, 0, 3, 0, 0, 0, 68]); // GPSLatitude at 68
    tiff.extend([0, 0, 0, 0]);
    for number in [35_u32, 1, 41, 1, 22, 1] {
        tiff.extend(number.to_be_bytes());
    }
    tiff.extend(b"GPS-CANARY-TOKYO");
    let length = u16::try_from(tiff.len() + 8).unwrap();
    [b"\xff\xe1".to_vec(), length.to_be_bytes().to_vec(), b"Exif\0\0".to_vec(), tiff].concat()
}

fn contains(bytes: &[u8], part: &[u8]) -> bool {
    bytes.windows(part.len()).any(|window| window == part)
}

#[tokio::test]
async fn place_and_camera_are_gone_and_the_picture_stands_upright() {
    let plain = encoded(two_colours(64, 32), ImageFormat::Jpeg);
    let (start, rest) = plain.split_at(2);
    let photo = [start, &exif(6), b"\xff\xfe\0\x10COMMENT-CANARY", rest, b"APPENDED-CANARY"].concat();
    assert!(contains(&photo, b"GPS-CANARY"));
    let picture = cleaned(&photo).await.unwrap();
    assert_eq!((picture.kind, picture.width, picture.height), (Kind::Jpeg, 32, 64));
    for trace in [&b"CANARY"[..], b"Exif", b"GPS"] {
        assert!(!contains(&picture.bytes, trace) && !contains(&picture.thumbnail, trace));
    }
    // Orientation 6 turns a quarter clockwise: left becomes top.
    let seen = image::load_from_memory(&picture.bytes).unwrap().into_rgb8();
    assert!(seen.get_pixel(16, 5).0[0] > 200 && seen.get_pixel(16, 58).0[2] > 200);
}

#[tokio::test]
async fn every_format_becomes_a_clean_one() {
    let opaque = two_colours(700, 300);
    let clear = RgbaImage::from_pixel(20, 10, Rgba([0, 200, 0, 0]));
    let cases = [
        (encoded(opaque.clone(), ImageFormat::Png), Kind::Png),
        (encoded(opaque.clone(), ImageFormat::WebP), Kind::Jpeg),
        (encoded(opaque, ImageFormat::Jpeg), Kind::Jpeg),
        (encoded(clear.clone(), ImageFormat::WebP), Kind::Png),
        (encoded(clear, ImageFormat::Png), Kind::Png),
    ];
    for (bytes, kind) in cases {
        let picture = cleaned(&bytes).await.unwrap();
        assert_eq!(picture.kind, kind);
        let seen = image::load_from_memory(&picture.bytes).unwrap();
        assert_eq!((seen.width(), seen.height()), (picture.width, picture.height));
        let small = image::load_from_memory_with_format(&picture.thumbnail, ImageFormat::Jpeg).unwrap();
        assert_eq!(small.width().max(small.height()), picture.width.min(320));
        if picture.width == 20 {
            assert!(small.into_rgb8().get_pixel(5, 5).0.iter().all(|channel| *channel > 250), "not on white");
        }
    }
}

/// A PNG that says it is this large and holds nothing more.
fn png_header(width: u32, height: u32, depth: u8) -> Vec<u8> {
    let mut chunk = b"IHDR".to_vec();
    chunk.extend(width.to_be_bytes());
    chunk.extend(height.to_be_bytes());
    chunk.extend([depth, 6, 0, 0, 0]);
    let mut crc = flate2::Crc::new();
    crc.update(&chunk);
    let mut png = b"\x89PNG\r\n\x1a\n\0\0\0\x0d".to_vec();
    png.extend(&chunk);
    png.extend(crc.sum().to_be_bytes());
    png.extend(b"\0\0\0\0IDAT\x35\xaf\x06\x1e");
    png
}

#[tokio::test]
async fn bombs_are_refused_by_their_header() {
    for (width, height) in [(60_000, 60_000), (20_001, 1), (7_000, 6_000), (u32::MAX >> 1, 1)] {
        let refusal = cleaned(&png_header(width, height, 8)).await.err();
        assert_eq!(refusal, Some(PictureRefusal::TooManyPixels), "{width} x {height}");
    }
    let refusal = cleaned(&png_header(1_000, 1_000, 8)).await.err();
    assert_eq!(refusal, Some(PictureRefusal::Unreadable));
    // Within the pixel limit, but wider than the memory a picture may take.
    let refusal = cleaned(&png_header(7_000, 5_700, 16)).await.err();
    assert!(matches!(refusal, Some(PictureRefusal::Unreadable | PictureRefusal::TooManyPixels)));
    let huge = vec![0; 32 * 1024 * 1024 + 1];
    assert_eq!(cleaned(&huge).await.err(), Some(PictureRefusal::TooLarge));
}

#[tokio::test]
async fn what_is_no_picture_is_refused() {
    let jpeg = encoded(two_colours(64, 64), ImageFormat::Jpeg);
    let cut = jpeg.get(..jpeg.len() / 3).unwrap();
    for bytes in [&b""[..], b"<svg/>", b"GIF89a\x01\0\x01\0", b"\xff\xd8\xff", cut.get(..40).unwrap()] {
        assert_eq!(cleaned(bytes).await.err(), Some(PictureRefusal::Unreadable), "{bytes:?}");
    }
}

/// A stand-in for a helper that has been taken over.
fn rogue(script: &str) -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("helper");
    let mut file = std::fs::File::create(&path).unwrap();
    file.write_all(format!("#!/bin/sh\n{script}\n").as_bytes()).unwrap();
    drop(file);
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o700)).unwrap();
    (folder, path)
}

#[tokio::test]
async fn a_helper_that_hangs_floods_or_lies_is_ended() {
    let (_folder, hanging) = rogue("exec sleep 60");
    let cleaner = PictureCleaner::new(hanging, 1).within(Duration::from_millis(300));
    let start = Instant::now();
    assert_eq!(cleaner.clean(b"x").await.err(), Some(PictureRefusal::TooMuchWork));
    assert!(start.elapsed() < Duration::from_secs(5));

    let (_folder, flooding) = rogue("exec cat /dev/zero");
    let refusal = PictureCleaner::new(flooding, 1).clean(b"x").await.err();
    assert_eq!(refusal, Some(PictureRefusal::TooLarge));

    let (_folder, lying) = rogue("printf '\\000\\000aaaabbbb\\000\\000\\000\\001x\\000\\000\\000\\001y'");
    let refusal = PictureCleaner::new(lying, 1).clean(b"x").await.err();
    assert_eq!(refusal, Some(PictureRefusal::TooMuchWork));

    let (_folder, peeping) =
        rogue("test -z \"$HOME$CARGO_MANIFEST_DIR\" && test \"$PWD\" = / && printf '\\002'");
    let refusal = PictureCleaner::new(peeping, 1).clean(b"x").await.err();
    assert_eq!(refusal, Some(PictureRefusal::TooManyPixels), "environment or folder was not cleared");

    let absent = clean(b"x", Path::new("/nonexistent/helper")).await.err();
    assert_eq!(absent, Some(PictureRefusal::HelperUnavailable));
}

#[tokio::test]
async fn the_helper_is_bounded_by_the_kernel_before_it_reads() {
    let mut child = tokio::process::Command::new(helper())
        .arg("picture-helper")
        .stdin(std::process::Stdio::piped())
        .stdout(std::process::Stdio::null())
        .kill_on_drop(true)
        .spawn()
        .unwrap();
    let folder = format!("/proc/{}", child.id().unwrap());
    // It waits for input that never comes; by then it must be confined.
    let mut status = String::new();
    for _ in 0..200 {
        status = std::fs::read_to_string(format!("{folder}/status")).unwrap();
        if status.contains("Seccomp:\t2") {
            break;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    assert!(status.contains("Seccomp:\t2") && status.contains("NoNewPrivs:\t1"), "{status}");
    let limits = std::fs::read_to_string(format!("{folder}/limits")).unwrap();
    let limit = |name: &str| {
        let line = limits.lines().find(|line| line.starts_with(name)).unwrap();
        let words: Vec<&str> = line.trim_start_matches(name).split_whitespace().collect();
        (words[0].to_owned(), words[1].to_owned())
    };
    for (name, value) in [
        ("Max address space", "536870912"),
        ("Max cpu time", "3"),
        ("Max core file size", "0"),
        ("Max open files", "0"),
        ("Max file size", "0"),
    ] {
        assert_eq!(limit(name), (value.to_owned(), value.to_owned()), "{name}");
    }
    child.kill().await.unwrap();
}
