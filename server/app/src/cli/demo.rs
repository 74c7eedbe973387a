//! `tasuki demo`: makes the demonstration once, serves it, lets colleagues talk, and stays.

use super::{Failure, arguments::Demo, arguments::DemoColleague, output};
use crate::{
    colleague::GuestError,
    config::Config,
    demo::{ActorPart, Cast, Cue, DemoFolder, Report, converse, small_talk},
};
use serde_json::Value;
use std::{
    io,
    path::Path,
    process::{ExitCode, Stdio},
    time::{Duration, Instant, SystemTime, UNIX_EPOCH},
};
use tokio::{
    io::{AsyncBufReadExt, BufReader},
    net::TcpStream,
    process::{Child, Command},
    signal::unix::{SignalKind, signal},
};

/// Time between two remarks while the demonstration stays up.
const PAUSE: Duration = Duration::from_secs(45);

/// Makes, serves, shows, stays.
///
/// # Errors
/// What went wrong, in words.
pub async fn run(arguments: Demo) -> Result<ExitCode, Failure> {
    let folder = DemoFolder::at(&arguments.folder)?;
    let mut config = Config::default();
    config.server.listen.set_port(arguments.port);
    config.server.enrolment_listen.set_port(arguments.port.saturating_add(1));
    let config = folder.config(config);
    if !folder.is_made() {
        output::line("デモの協議会を作っています(6法人・18名・利用者24名・1週間分の投稿)…");
        let start = Instant::now();
        folder.make(config.clone()).await?;
        output::line(&format!(
            "  できました({:.0} 秒)。データは {} にあります。",
            start.elapsed().as_secs_f64(),
            arguments.folder.display()
        ));
    }
    let mut server = serve(&folder).await?;
    let shown = show(&arguments.folder).await;
    match shown {
        Ok(cast) if !arguments.once => stay(&folder, cast, &mut server).await?,
        Ok(_) => {}
        Err(failure) => {
            stop(&mut server).await?;
            return Err(failure);
        }
    }
    stop(&mut server).await?;
    output::line("デモを終わりました。データは残っています(make demo-reset で消えます)。");
    Ok(ExitCode::SUCCESS)
}

/// Starts the server as a process of its own and waits until its door answers.
async fn serve(folder: &DemoFolder) -> Result<Child, Failure> {
    let mut server = Command::new(std::env::current_exe()?)
        .arg("--config")
        .arg(folder.settings())
        .args(["serve", "--demo"])
        .stdin(Stdio::null())
        .process_group(0)
        .kill_on_drop(true)
        .spawn()?;
    let port = folder.port()?;
    for _ in 0..200 {
        if TcpStream::connect(("127.0.0.1", port)).await.is_ok() {
            output::line(&format!("サーバーが https://localhost:{port} で動いています。"));
            return Ok(server);
        }
        if let Some(status) = server.try_wait()? {
            return Err(Failure::new(format!("the server ended early: {status}")));
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    Err(Failure::new("the server did not open its door within 10 s"))
}

/// The conversation, and what the access log says of it.
async fn show(folder: &Path) -> Result<Cast, Failure> {
    let from = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_micros());
    let from = i64::try_from(from).unwrap_or(0);
    let mut cast = Cast::new(folder.to_path_buf());
    output::line(
        "\n3つの法人の職員が、ひとりの利用者について話します(それぞれ別のプロセス、mTLS+WebSocket):",
    );
    converse(&mut cast, |line| output::line(&line)).await?;
    tokio::time::sleep(Duration::from_millis(1_200)).await;
    if let Report::Failed { why } = cast.start("okada").await? {
        return Err(Failure::new(why));
    }
    match cast.cue("okada", &Cue::ReadLog { from }).await? {
        Report::Log { page } => tell_log(&page),
        Report::Failed { why } => return Err(Failure::new(why)),
        _ => {}
    }
    Ok(cast)
}

fn tell_log(page: &Value) {
    output::line("\n監査者(岡田 久美子)から見たアクセスログ。内容は見えません:");
    let text = |row: &Value, path: &str| {
        row.pointer(path).map_or_else(String::new, |value| match value {
            Value::Null => "—".to_owned(),
            Value::String(text) => text.clone(),
            other => other.to_string(),
        })
    };
    let rows = page.get("entries").and_then(Value::as_array).cloned().unwrap_or_default();
    for row in rows.iter().rev() {
        output::line(&format!(
            "  #{:<5} {} {} — {} {}",
            text(row, "/index"),
            text(row, "/name"),
            text(row, "/organization_name"),
            text(row, "/action_ja"),
            text(row, "/state"),
        ));
    }
    output::line(&format!(
        "  署名済みの先頭: {}件まで(Merkle木、署名は tasuki audit verify で誰でも確かめられます)",
        text(page, "/signed")
    ));
}

/// Stays until Ctrl-C; colleagues say something now and then.
async fn stay(folder: &DemoFolder, mut cast: Cast, server: &mut Child) -> Result<(), Failure> {
    let port = folder.port()?;
    output::line(&format!(
        "\n開き方: https://localhost:{port}(端末証明書 demo/certificates/*.p12、パスワードは demo/credentials.json)"
    ));
    output::line(
        "  例: curl --cacert demo/ca.pem --cert demo/certificates/aozora-pc.pem --key demo/certificates/aozora-pc.key \\",
    );
    output::line(&format!("        https://localhost:{port}/api/v1/openapi.json"));
    output::line("Ctrl-C で終わります。");
    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut terminate = signal(SignalKind::terminate())?;
    let mut turn = 0;
    loop {
        tokio::select! {
            _ = interrupt.recv() => return Ok(()),
            _ = terminate.recv() => return Ok(()),
            ended = server.wait() => return Err(Failure::new(format!("the server ended: {}", ended?))),
            () = tokio::time::sleep(PAUSE) => {
                if let Ok(Some(_)) = small_talk(&mut cast, turn).await {
                    output::line("  (同僚がひとこと書きました)");
                }
                turn += 1;
            }
        }
    }
}

/// Asks the server to stop, softly.
async fn stop(server: &mut Child) -> Result<(), Failure> {
    if let Some(id) =
        server.id().and_then(|id| i32::try_from(id).ok()).and_then(rustix::process::Pid::from_raw)
    {
        // A server that has ended already needs no signal.
        let _ended = rustix::process::kill_process(id, rustix::process::Signal::TERM);
    }
    tokio::time::timeout(Duration::from_secs(25), server.wait())
        .await
        .map_err(|_| Failure::new("the server did not stop"))??;
    Ok(())
}

/// A colleague's process: cues in, reports out, a line of JSON each.
///
/// # Errors
/// When it cannot sign in.
pub async fn colleague(arguments: DemoColleague) -> Result<ExitCode, Failure> {
    let start = Instant::now();
    let mut part = match ActorPart::enter(&arguments.folder, &arguments.person).await {
        Ok(part) => part,
        Err(error) => {
            tell(&Report::Failed { why: words(&error) })?;
            return Ok(ExitCode::FAILURE);
        }
    };
    tell(&Report::SignedIn { ms: start.elapsed().as_secs_f64() * 1e3 })?;
    let mut lines = BufReader::new(tokio::io::stdin()).lines();
    while let Some(line) = lines.next_line().await? {
        let cue: Cue = serde_json::from_str(&line)?;
        tell(&part.act(cue).await)?;
    }
    Ok(ExitCode::SUCCESS)
}

fn words(error: &GuestError) -> String {
    error.to_string()
}

fn tell(report: &Report) -> io::Result<()> {
    output::line(&serde_json::to_string(report)?);
    Ok(())
}
