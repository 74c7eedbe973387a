use super::*;
use http_body_util::BodyExt as _;
use tempfile::TempDir;

const SCRIPT: &str = "assets/index-BX3k9_a1.js";

fn built() -> (TempDir, Page) {
    let folder = tempfile::tempdir().unwrap();
    let put = |name: &str, text: &str| {
        let path = folder.path().join("dist").join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    };
    put("index.html", "<!doctype html>");
    put("sw.js", "self");
    put("manifest.webmanifest", "{}");
    put("fonts/text.woff2", "font");
    put("icons/large.png", "png");
    put(SCRIPT, "plain");
    put(&format!("{SCRIPT}.gz"), "packed");
    put("assets/.hidden", "secret");
    put("../outside.txt", "outside");
    let page = Page::of_folder(&folder.path().join("dist"));
    (folder, page)
}

fn ask(page: &Page, method: &str, path: &str, headers: &[(&str, &str)]) -> Response {
    let mut request = Request::builder().method(method).uri(path);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    page.answer(&request.body(Body::empty()).unwrap())
}

fn get(page: &Page, path: &str) -> Response {
    ask(page, "GET", path, &[])
}

fn told<'a>(response: &'a Response, name: &str) -> &'a str {
    response.headers().get(name).map_or("", |value| value.to_str().unwrap())
}

async fn text(response: Response) -> String {
    String::from_utf8(response.into_body().collect().await.unwrap().to_bytes().to_vec()).unwrap()
}

#[tokio::test]
async fn every_view_of_the_client_is_the_one_page_and_is_not_kept() {
    let (_folder, page) = built();
    for path in ["/", "/home", "/rooms/6f1c2a/", "/apiary", "/first?code=x"] {
        let answer = get(&page, path);
        assert_eq!(
            (answer.status().as_u16(), told(&answer, "content-type")),
            (200, "text/html; charset=utf-8")
        );
        assert_eq!(told(&answer, "cache-control"), "no-store");
        assert_eq!(text(answer).await, "<!doctype html>", "{path}");
    }
}

#[tokio::test]
async fn the_interface_never_answers_with_a_page() {
    let (_folder, page) = built();
    for path in ["/api", "/api/", "/api/v1/nothing", "/api/index.html"] {
        let answer = get(&page, path);
        assert_eq!(answer.status(), 404, "{path}");
        assert_eq!(told(&answer, "content-type"), "application/problem+json");
    }
    assert_eq!(ask(&page, "POST", "/", &[]).status(), 404);
}

#[test]
fn files_have_their_types_and_are_kept_as_long_as_their_names_hold() {
    let (_folder, page) = built();
    let rows = [
        (&*format!("/{SCRIPT}"), "text/javascript; charset=utf-8", "public, max-age=31536000, immutable"),
        ("/sw.js", "text/javascript; charset=utf-8", "no-cache"),
        ("/manifest.webmanifest", "application/manifest+json", "no-cache"),
        ("/fonts/text.woff2", "font/woff2", "no-cache"),
        ("/icons/large.png", "image/png", "no-cache"),
        ("/index.html", "text/html; charset=utf-8", "no-store"),
    ];
    for (path, content_type, keeping) in rows {
        let answer = get(&page, path);
        assert_eq!(answer.status(), 200, "{path}");
        assert_eq!((told(&answer, "content-type"), told(&answer, "cache-control")), (content_type, keeping));
    }
    assert_eq!(told(&get(&page, "/sw.js"), "service-worker-allowed"), "/");
    assert_eq!(told(&get(&page, "/"), "service-worker-allowed"), "");
}

#[test]
fn nothing_outside_of_the_page_is_read() {
    let (folder, page) = built();
    assert!(folder.path().join("outside.txt").exists());
    let paths = [
        "/../outside.txt",
        "/%2e%2e/outside.txt",
        "/assets/../index.html",
        "/assets/.hidden",
        "//index.html",
        "/assets//index.html",
        "/missing.js",
        "/assets/missing.js",
    ];
    for path in paths {
        assert_eq!(get(&page, path).status(), 404, "{path}");
    }
}

#[tokio::test]
async fn a_known_file_is_not_sent_again() {
    let (_folder, page) = built();
    let tag = told(&get(&page, "/sw.js"), "etag").to_owned();
    let weak = format!("\"other\", W/{tag}");
    for known in [tag.as_str(), weak.as_str()] {
        let answer = ask(&page, "GET", "/sw.js", &[("if-none-match", known)]);
        assert_eq!((answer.status().as_u16(), told(&answer, "etag")), (304, tag.as_str()));
        assert_eq!(text(answer).await, "");
    }
    assert_eq!(ask(&page, "GET", "/sw.js", &[("if-none-match", "\"other\"")]).status(), 200);
    let head = ask(&page, "HEAD", "/sw.js", &[]);
    assert_eq!((told(&head, "content-length"), told(&head, "etag")), ("4", tag.as_str()));
    assert_eq!(text(head).await, "");
}

#[tokio::test]
async fn a_browser_that_unpacks_is_given_the_packed_form() {
    let (_folder, page) = built();
    let path = format!("/{SCRIPT}");
    let packed = ask(&page, "GET", &path, &[("accept-encoding", "br, gzip;q=0.8")]);
    assert_eq!((told(&packed, "content-encoding"), told(&packed, "vary")), ("gzip", "accept-encoding"));
    assert_eq!(told(&packed, "content-type"), "text/javascript; charset=utf-8");
    let tag = told(&packed, "etag").to_owned();
    assert_eq!(text(packed).await, "packed");
    for coding in ["br", "gzip;q=0", "identity"] {
        let plain = ask(&page, "GET", &path, &[("accept-encoding", coding)]);
        assert_eq!(told(&plain, "content-encoding"), "");
        assert_ne!(told(&plain, "etag"), tag);
        assert_eq!(text(plain).await, "plain", "{coding}");
    }
}

#[test]
fn a_server_without_a_page_says_so() {
    let folder = tempfile::tempdir().unwrap();
    let answer = get(&Page::of_folder(&folder.path().join("dist")), "/");
    assert_eq!((answer.status().as_u16(), told(&answer, "content-type")), (404, "application/problem+json"));
}
