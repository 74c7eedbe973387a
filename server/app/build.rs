//! A release build holds the web client (`http/page`): a new build of that must lead to a new build of this.

fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    if std::env::var("PROFILE").is_ok_and(|profile| profile == "release") {
        println!("cargo:rerun-if-changed=../../client-web/dist");
    }
}
