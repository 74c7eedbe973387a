//! files: good files of every kind, and each way to be a bad one.

use std::io::{Cursor, Write as _};

use flate2::Compression;
use flate2::write::ZlibEncoder;
use proptest::prelude::*;
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

use super::{FileName, Kind, Refusal, sniff};

fn judge(bytes: &[u8], name: &str) -> Result<Kind, Refusal> {
    sniff(bytes, &FileName::parse(name).unwrap())
}

const TYPES: &str = r#"<?xml version="1.0"?><Types xmlns="x"><Default Extension="xml" ContentType="application/xml"/></Types>"#;

fn office(parts: &[(&str, &str)]) -> Vec<u8> {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, text) in parts {
        writer.start_file(*name, SimpleFileOptions::default()).unwrap();
        writer.write_all(text.as_bytes()).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

fn docx(more: &[(&str, &str)]) -> Vec<u8> {
    let mut parts = vec![("[Content_Types].xml", TYPES), ("word/document.xml", "<w:document/>")];
    parts.extend_from_slice(more);
    office(&parts)
}

fn relationships(inner: &str) -> Vec<u8> {
    let text = format!("<Relationships xmlns=\"x\">{inner}</Relationships>");
    docx(&[("word/_rels/document.xml.rels", &text)])
}

fn pdf(body: &[u8]) -> Vec<u8> {
    [b"%PDF-1.7\n1 0 obj\n<< /Type /Catalog >>\nendobj\n", body, b"\ntrailer << >>\n%%EOF\n"].concat()
}

fn flate(text: &[u8]) -> Vec<u8> {
    let mut encoder = ZlibEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(text).unwrap();
    encoder.finish().unwrap()
}

fn pdf_stream(dictionary: &str, data: &[u8]) -> Vec<u8> {
    let head = format!("2 0 obj\n<< {dictionary} >>\nstream\r\n");
    pdf(&[head.as_bytes(), data, b"\nendstream\nendobj"].concat())
}

#[test]
fn takes_every_accepted_kind() {
    let xlsx = office(&[("[Content_Types].xml", TYPES), ("xl/workbook.xml", "<workbook/>")]);
    let pptx = office(&[("[Content_Types].xml", TYPES), ("ppt/presentation.xml", "<p/>")]);
    let (shift_jis, _, _) = encoding_rs::SHIFT_JIS.encode("申し送り：夜間の様子\r\n");
    let cases: [(&[u8], &str, Kind); 9] = [
        (b"\xff\xd8\xff\xe0rest", "a.JPG", Kind::Jpeg),
        (b"\x89PNG\r\n\x1a\nrest", "a.png", Kind::Png),
        (b"RIFF\0\0\0\0WEBPVP8 ", "a.webp", Kind::Webp),
        (&pdf(b"/OpenAction [1 0 R /Fit] /URI (https://example.jp)"), "a.pdf", Kind::Pdf),
        (&docx(&[("word/media/image1.png", "x")]), "a.docx", Kind::Docx),
        (&xlsx, "a.xlsx", Kind::Xlsx),
        (&pptx, "a.pptx", Kind::Pptx),
        ("\u{feff}体温 36.5\n食事 8割\n".as_bytes(), "a.txt", Kind::Text),
        (&shift_jis, "a.txt", Kind::Text),
    ];
    for (bytes, name, kind) in cases {
        assert_eq!(judge(bytes, name), Ok(kind), "{name}");
    }
}

#[test]
fn refuses_programs_pages_and_the_unknown() {
    let cases: [(&[u8], &str, Refusal); 17] = [
        (b"", "a.jpg", Refusal::Empty),
        (b"MZ\x90\0\x03\0\0\0", "a.jpg", Refusal::Program),
        (b"\x7fELF\x02\x01\x01", "a.pdf", Refusal::Program),
        (b"#!/bin/sh\nrm -rf /\n", "a.txt", Refusal::Program),
        (b"@echo off\r\n", "a.txt", Refusal::Program),
        (b"alert(1)", "a.js", Refusal::Program),
        (b"<svg xmlns='x' onload='alert(1)'/>", "a.png", Refusal::ActivePage),
        (b"<?xml version='1.0'?><svg/>", "a.svg", Refusal::ActivePage),
        (b"  <!DOCTYPE html><script>", "a.txt", Refusal::ActivePage),
        (b"<html><body>", "a.html", Refusal::ActivePage),
        (b"GIF89a\x01\0", "a.gif", Refusal::Gif),
        (b"\0\0\0\x18ftypheic\0\0", "a.heic", Refusal::Heic),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1....", "a.doc", Refusal::OldOffice),
        (b"Rar!\x1a\x07\0", "a.rar", Refusal::Unknown),
        (b"\x00\x01\x02\x03", "a.bin", Refusal::Unknown),
        (b"a,b\n", "a.csv", Refusal::ExtensionDisagrees),
        (b"hidden \xe2\x80\xae text", "a.txt", Refusal::Unknown),
    ];
    for (bytes, name, rule) in cases {
        assert_eq!(judge(bytes, name), Err(rule), "{name} {bytes:?}");
    }
    assert_eq!(judge(&office(&[("a.txt", "x")]), "a.zip"), Err(Refusal::Unknown));
}

#[test]
fn the_extension_must_agree() {
    assert_eq!(judge(b"\xff\xd8\xff\xe0", "a.png"), Err(Refusal::ExtensionDisagrees));
    assert_eq!(judge(&pdf(b""), "a.exe"), Err(Refusal::Program));
    assert_eq!(judge(&pdf(b""), "a.html"), Err(Refusal::ActivePage));
    assert_eq!(judge(&docx(&[]), "a.docm"), Err(Refusal::Macros));
    assert_eq!(judge(&docx(&[]), "a.xlsx"), Err(Refusal::ExtensionDisagrees));
}

#[test]
fn refuses_two_kinds_in_one() {
    let jpeg_and_zip = [b"\xff\xd8\xff\xe0picture\xff\xd9".to_vec(), office(&[("a", "b")])].concat();
    let zip_and_more = [docx(&[]), b"MZ".to_vec()].concat();
    let more_and_zip = [b"PK\x03\x04junk".to_vec(), docx(&[])].concat();
    let cases: [(&[u8], &str); 8] = [
        (&jpeg_and_zip, "a.jpg"),
        (&zip_and_more, "a.docx"),
        (&more_and_zip, "a.docx"),
        (b"\n%PDF-1.4\n%%EOF", "a.pdf"),
        (b"\xff\xd8\xff\xe0 %PDF-1.4", "a.jpg"),
        (b"\xff\xd8\xff\xe0 <Script>alert(1)</script>", "a.jpg"),
        (&pdf(b"<html><script>"), "a.pdf"),
        (&[pdf(b""), b"MZ\x90".to_vec()].concat(), "a.pdf"),
    ];
    for (bytes, name) in cases {
        assert_eq!(judge(bytes, name), Err(Refusal::TwoKinds), "{name} {:?}", bytes.get(..20));
    }
}

#[test]
fn refuses_pdf_actions_however_written() {
    let cases: [(&[u8], Refusal); 9] = [
        (b"<< /S /JavaScript /JS (app.alert\\(1\\)) >>", Refusal::PdfAction),
        (b"<< /S /Java#53cript >>", Refusal::PdfAction),
        (b"<< /S/#4a#61#76#61#53#63#72#69#70#74/JS 3 0 R>>", Refusal::PdfAction),
        (b"<< /S /Launch /F (cmd.exe) >>", Refusal::PdfAction),
        (b"<< /S /Rendition /JS (x) >>", Refusal::PdfAction),
        (b"<< /AcroForm << /XFA 3 0 R >> >>", Refusal::PdfAction),
        (b"<< /Names << /EmbeddedFiles 3 0 R >> >>", Refusal::PdfEmbedded),
        (b"<< /Type /Embedded#46ile >>", Refusal::PdfEmbedded),
        (b"<< /Encrypt 3 0 R >>", Refusal::PdfEncrypted),
    ];
    for (body, rule) in cases {
        assert_eq!(judge(&pdf(body), "a.pdf"), Err(rule), "{}", String::from_utf8_lossy(body));
    }
    // A longer name that only begins like a wanted one is another name.
    assert_eq!(judge(&pdf(b"<< /LaunchPad 1 /MovieTitle 2 >>"), "a.pdf"), Ok(Kind::Pdf));
}

#[test]
fn opens_object_streams_of_a_pdf() {
    let harmless = flate(b"5 0 6 20 << /Type /Font >> << /Type /Page >>");
    let script = flate(b"5 0 6 20 << /S /JavaScript /JS (x) >> << >>");
    let says = "/Type /ObjStm /N 2 /First 9 /Filter /FlateDecode";
    assert_eq!(judge(&pdf_stream(says, &harmless), "a.pdf"), Ok(Kind::Pdf));
    assert_eq!(judge(&pdf_stream(says, &script), "a.pdf"), Err(Refusal::PdfAction));
    // It is opened even when it does not say what it is.
    assert_eq!(judge(&pdf_stream("/Type 9 0 R /Filter 8 0 R", &script), "a.pdf"), Err(Refusal::PdfAction));
    assert_eq!(
        judge(&pdf_stream("/Type /Obj#53tm /Filter /FlateDecode", &script), "a.pdf"),
        Err(Refusal::PdfAction)
    );
    // What says that it is one and cannot be opened is refused; a broken picture stream is not our concern.
    let hexed = "/Type /ObjStm /Filter [/ASCIIHexDecode /FlateDecode]";
    assert_eq!(judge(&pdf_stream(hexed, b"789c>"), "a.pdf"), Err(Refusal::BrokenPdf));
    assert_eq!(judge(&pdf_stream("/Subtype /Image /Filter /DCTDecode", b"\xff\xd8"), "a.pdf"), Ok(Kind::Pdf));
    let bomb = flate(&[b"5 0 6 20 ".as_slice(), &vec![b' '; 33 * 1024 * 1024]].concat());
    assert_eq!(judge(&pdf_stream(says, &bomb), "a.pdf"), Err(Refusal::BrokenPdf));
    assert_eq!(judge(b"%PDF-1.7\nno end", "a.pdf"), Err(Refusal::BrokenPdf));
}

#[test]
fn refuses_macros_and_embedded_parts() {
    let macro_types =
        TYPES.replace("application/xml", "application/vnd.ms-word.document.macroEnabled.main+xml");
    let typed = office(&[("[Content_Types].xml", &macro_types), ("word/document.xml", "<w/>")]);
    assert_eq!(judge(&typed, "a.docx"), Err(Refusal::Macros));
    let cases = [
        ("word/vbaProject.bin", Refusal::Macros),
        ("word/VBAPROJECT.BIN", Refusal::Macros),
        ("xl/macrosheets/sheet1.xml", Refusal::Macros),
        ("word/embeddings/oleObject1.bin", Refusal::Embedded),
        ("word/activeX/activeX1.xml", Refusal::Embedded),
        ("word/media/setup.exe", Refusal::Embedded),
        ("xl/externalLinks/externalLink1.xml", Refusal::OutsideLink),
        ("../evil.xml", Refusal::BrokenOffice),
        ("WORD/document.xml", Refusal::BrokenOffice),
    ];
    for (part, rule) in cases {
        assert_eq!(judge(&docx(&[(part, "x")]), "a.docx"), Err(rule), "{part}");
    }
    let both = docx(&[("xl/workbook.xml", "x")]);
    assert_eq!(judge(&both, "a.docx"), Err(Refusal::Unknown));
}

#[test]
fn office_files_may_link_but_not_load_from_outside() {
    let base = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
    let relationship = |kind: &str, rest: &str| {
        relationships(&format!("<Relationship Id='r1' Type=\"{base}/{kind}\" {rest}/>"))
    };
    let good = [
        relationship("image", "Target=\"media/image1.png\""),
        relationship("hyperlink", "Target=\"https://example.jp/?a=1&amp;b=2\" TargetMode=\"External\""),
    ];
    for bytes in good {
        assert_eq!(judge(&bytes, "a.docx"), Ok(Kind::Docx));
    }
    let outside = [
        relationship("attachedTemplate", "Target=\"https://evil.example/t.dotm\" TargetMode=\"External\""),
        relationship("image", "Target='\\\\evil\\share\\a.png' TargetMode='External'"),
        relationship("hyperlink", "Target=\"file:///c:/windows/cmd.exe\" TargetMode=\"External\""),
        relationship("image", "Target=\"https://evil.example/a.png\""),
        relationship("frame", "Target=\"x\" TargetMode=\"external\""),
    ];
    for bytes in outside {
        assert_eq!(judge(&bytes, "a.docx"), Err(Refusal::OutsideLink));
    }
    assert_eq!(judge(&relationship("oleObject", "Target=\"x.bin\""), "a.docx"), Err(Refusal::Embedded));
    assert_eq!(judge(&relationship("vbaProject", "Target=\"x.bin\""), "a.docx"), Err(Refusal::Macros));
    let hidden = [
        relationship("image", "Target=\"x\" TargetMode=\"&#69;xternal\""),
        relationships("<!DOCTYPE a [<!ENTITY e 'External'>]>"),
        relationships("<Relationship Target="),
    ];
    for bytes in hidden {
        assert_eq!(judge(&bytes, "a.docx"), Err(Refusal::BrokenOffice));
    }
}

proptest! {
    #[test]
    fn any_bytes_are_judged_without_panic(
        head in prop_oneof![
            Just(&b""[..]), Just(&b"%PDF-1.4\n%%EOF"[..]), Just(&b"PK\x03\x04"[..]), Just(&b"%PDF-1.4 /#4 stream\n"[..]),
        ],
        rest in proptest::collection::vec(any::<u8>(), 0..300),
    ) {
        for name in ["a.pdf", "a.docx", "a.jpg", "a.txt"] {
            let _ = judge(&[head, &rest].concat(), name);
        }
    }
}
