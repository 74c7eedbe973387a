//! files: the drawing itself. Runs in the helper only.

use std::io::Cursor;

use image::codecs::jpeg::JpegEncoder;
use image::codecs::png::{CompressionType, FilterType, PngEncoder};
use image::metadata::Orientation;
use image::{DynamicImage, ImageDecoder as _, ImageError, ImageFormat, ImageReader, Limits, Rgb, RgbImage};

use super::{CleanPicture, Kind, PictureRefusal};

/// Most pixels of an original.
const MOST_PIXELS: u64 = 40_000_000;
/// Longest side of an original.
const LONGEST_SIDE: u32 = 20_000;
/// Longest side that is kept: 12-megapixel photos stay whole, scans of a page keep 350 dpi.
const KEPT_SIDE: u32 = 4096;
/// Longest side of a thumbnail.
const THUMBNAIL_SIDE: u32 = 320;
/// Most memory that the decoder may ask for, below the process's own limit.
const DECODER_MEMORY: u64 = 330 * 1024 * 1024;

/// Decodes, turns upright, shrinks if needed, and encodes anew. The first frame of an animation is kept.
pub(super) fn redraw(bytes: &[u8]) -> Result<CleanPicture, PictureRefusal> {
    let format = image::guess_format(bytes).map_err(|_| PictureRefusal::Unreadable)?;
    if !matches!(format, ImageFormat::Jpeg | ImageFormat::Png | ImageFormat::WebP) {
        return Err(PictureRefusal::Unreadable);
    }
    let image = decode(bytes, format)?;
    let thumbnail = jpeg(&thumbnail(&image), 80)?;
    let (width, height) = (image.width(), image.height());
    let (kind, bytes) = if format == ImageFormat::Png || image.has_alpha() {
        (Kind::Png, png(&image)?)
    } else {
        (Kind::Jpeg, jpeg(&image.into_rgb8(), 90)?)
    };
    Ok(CleanPicture { kind, bytes, thumbnail, width, height })
}

fn decode(bytes: &[u8], format: ImageFormat) -> Result<DynamicImage, PictureRefusal> {
    let mut limits = Limits::default();
    limits.max_image_width = Some(LONGEST_SIDE);
    limits.max_image_height = Some(LONGEST_SIDE);
    limits.max_alloc = Some(DECODER_MEMORY);
    let mut reader = ImageReader::with_format(Cursor::new(bytes), format);
    reader.limits(limits);
    let mut decoder = reader.into_decoder().map_err(|error| refusal(&error))?;
    let (width, height) = decoder.dimensions();
    if u64::from(width) * u64::from(height) > MOST_PIXELS {
        return Err(PictureRefusal::TooManyPixels);
    }
    let orientation = decoder.orientation().unwrap_or(Orientation::NoTransforms);
    let image = DynamicImage::from_decoder(decoder).map_err(|error| refusal(&error))?;
    // Eight bits a channel before turning: half the memory, and no screen here shows more.
    let image = if image.has_alpha() {
        DynamicImage::ImageRgba8(image.into_rgba8())
    } else {
        DynamicImage::ImageRgb8(image.into_rgb8())
    };
    let mut image = shrink(image, KEPT_SIDE);
    image.apply_orientation(orientation);
    Ok(image)
}

fn refusal(error: &ImageError) -> PictureRefusal {
    match error {
        ImageError::Limits(_) => PictureRefusal::TooManyPixels,
        _ => PictureRefusal::Unreadable,
    }
}

fn shrink(image: DynamicImage, side: u32) -> DynamicImage {
    if image.width().max(image.height()) <= side { image } else { image.thumbnail(side, side) }
}

/// A small picture on white.
fn thumbnail(image: &DynamicImage) -> RgbImage {
    let small = if image.width().max(image.height()) > THUMBNAIL_SIDE {
        image.thumbnail(THUMBNAIL_SIDE, THUMBNAIL_SIDE).into_rgba8()
    } else {
        image.to_rgba8()
    };
    let mut flat = RgbImage::new(small.width(), small.height());
    for (target, source) in flat.pixels_mut().zip(small.pixels()) {
        let [red, green, blue, alpha] = source.0;
        let over = |channel: u8| {
            let mixed = (u32::from(channel) * u32::from(alpha) + 255 * (255 - u32::from(alpha))) / 255;
            u8::try_from(mixed).unwrap_or(u8::MAX)
        };
        *target = Rgb([over(red), over(green), over(blue)]);
    }
    flat
}

fn jpeg(image: &RgbImage, quality: u8) -> Result<Vec<u8>, PictureRefusal> {
    let mut bytes = Vec::new();
    JpegEncoder::new_with_quality(&mut bytes, quality)
        .encode_image(image)
        .map_err(|_| PictureRefusal::Unreadable)?;
    Ok(bytes)
}

fn png(image: &DynamicImage) -> Result<Vec<u8>, PictureRefusal> {
    let mut bytes = Vec::new();
    let encoder = PngEncoder::new_with_quality(&mut bytes, CompressionType::Fast, FilterType::Adaptive);
    image.write_with_encoder(encoder).map_err(|_| PictureRefusal::Unreadable)?;
    Ok(bytes)
}
