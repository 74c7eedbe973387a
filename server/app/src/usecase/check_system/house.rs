//! What only the open house can say: rows, the log, certificates.

use super::{Check, Subject, Verdict};
use crate::{
    tls::{Authority, RevocationList},
    usecase::Services,
};
use std::time::Instant;
use tasuki_domain::{
    policy::ReadSystemState,
    time::{DAY, SECOND},
};
use tasuki_store::{
    Revealed, StoreError,
    table::{
        authority::{self, AuthorityRow},
        checkpoint::{LogProblem, told},
        system,
    },
};

/// Certificates that end within so many days are told.
const SOON: i64 = 30;
/// The authority's own end is told a year ahead: every device has to be visited.
const AUTHORITY_SOON: i64 = 365;
/// A list is signed anew when less than seven days are left; later than that the job does not run.
const LIST_LATE: i64 = 6;

pub(super) async fn checks(services: &Services, look: &Revealed<ReadSystemState>) -> Vec<Check> {
    let mut checks = vec![keys(services), database(services).await, log(services).await];
    match authority::current(&services.store).await {
        Ok(Some(row)) => {
            checks.extend([certificates(services, look, &row).await, revocations(services, &row)])
        }
        Ok(None) => checks.push(
            Check::good(
                Subject::Certificates,
                "端末用の認証局がありません。",
                "There is no device authority.",
            )
            .but(
                Verdict::Bad,
                "tasuki init を最後まで実行してください。",
                "Run `tasuki init` to its end.",
            ),
        ),
        Err(error) => checks.push(failed(Subject::Certificates, &error)),
    }
    checks.extend(enrolment(services).await);
    checks
}

fn failed(subject: Subject, error: &StoreError) -> Check {
    tracing::warn!(error = ?error, "A check could not read the database");
    Check::good(subject, "データベースから読み取れません。", "It cannot be read from the database.").but(
        Verdict::Bad,
        "データベースの項目を先に直してください。",
        "Mend the database first.",
    )
}

fn keys(services: &Services) -> Check {
    let fingerprint = services.store.keyring().fingerprint();
    Check::good(
        Subject::Keys,
        format!("親鍵は開いています(照合値 {fingerprint}。復旧シートの5行目に対応します)。"),
        format!("The root key is open (check value {fingerprint})."),
    )
}

async fn database(services: &Services) -> Check {
    let began = Instant::now();
    match services.store.ping().await {
        Ok(()) => {
            let took = began.elapsed().as_millis();
            let check = Check::good(
                Subject::Database,
                format!("応答しています({took} ミリ秒)。"),
                format!("It answers ({took} ms)."),
            );
            if took < 1_000 {
                return check;
            }
            check.but(
                Verdict::Notice,
                "応答が遅くなっています。ディスクとデータベースの負荷を確かめてください。",
                "It answers slowly: look at the load of disk and database.",
            )
        }
        Err(error) => {
            tracing::warn!(error = ?error, "The database does not answer");
            Check::good(Subject::Database, "応答しません。", "It does not answer.").but(
                Verdict::Bad,
                "データベースが動いているか、ディスクに空きがあるかを確かめてください。",
                "Check that the database runs and that its disk has room.",
            )
        }
    }
}

async fn log(services: &Services) -> Check {
    // Signs what is new, so that the whole end is looked at.
    let proven = match services.store.sign_checkpoint().await {
        Ok(_) => services.store.verify_log_tail().await,
        Err(problem) => Err(problem),
    };
    match proven {
        Ok(()) => {}
        Err(LogProblem::Damaged(finding)) => {
            let (japanese, english) = told(&finding);
            return Check::good(Subject::Log, japanese, english).but(
                Verdict::Bad,
                "サーバーを止めて触らないでください。データフォルダーの写しを取り、監査者へ連絡してください。",
                "Stop the server and touch nothing: copy the data folder and tell the auditor.",
            );
        }
        Err(LogProblem::Store(error)) => return failed(Subject::Log, &error),
    }
    let size = *services.store.log_size().borrow();
    let head = match services.store.log_head().await {
        Ok(head) => head,
        Err(_) => return failed(Subject::Log, &StoreError::Damaged("checkpoint")),
    };
    let signed = head.map_or(0, |head| head.size);
    Check::good(
        Subject::Log,
        format!("{size} 件。末尾は署名済みの控え({signed} 件分)と一致します。"),
        format!("{size} entries; the end fits the signed head over {signed}."),
    )
}

async fn certificates(services: &Services, look: &Revealed<ReadSystemState>, row: &AuthorityRow) -> Check {
    let now = services.now();
    let counted = match system::certificates(&services.store, look, now.plus(SOON * DAY)).await {
        Ok(counted) => counted,
        Err(error) => return failed(Subject::Certificates, &error),
    };
    let days = Authority::end_of(&row.certificate).map_or(-1, |end| end.since(now) / DAY);
    let system::Certificates { devices, ending, ended } = counted;
    let check = Check::good(
        Subject::Certificates,
        format!(
            "認証局はあと {days} 日。登録端末 {devices} 台、うち {SOON} 日以内に切れる証明書 {ending} 枚、切れた端末 {ended} 台。サーバーの証明書は起動のたびに作り直します(390 日)。"
        ),
        format!(
            "The authority has {days} days left. {devices} devices; {ending} certificates end within {SOON} days, {ended} devices have none that counts. The server's own is made anew at every start (390 days)."
        ),
    );
    if days < 0 {
        return check.but(
            Verdict::Bad,
            "認証局が読めないか、期限切れです。端末は接続できません。",
            "The authority is unreadable or has expired: no device can connect.",
        );
    }
    if days < AUTHORITY_SOON {
        return check.but(
            Verdict::Notice,
            "認証局の期限が一年を切りました。全端末の入替えを計画してください。",
            "Plan a new authority: every device needs a new certificate.",
        );
    }
    if ending > 0 || ended > 0 {
        return check.but(
            Verdict::Notice,
            "tasuki device list で端末を確かめ、更新するか、新しいコード(tasuki device code)で登録し直してください。",
            "See `tasuki device list`; renew, or enrol anew with `tasuki device code`.",
        );
    }
    check
}

fn revocations(services: &Services, row: &AuthorityRow) -> Check {
    let Ok(list) = RevocationList::from_der(row.list.clone()) else {
        return Check::good(Subject::RevocationList, "読み取れません。", "It cannot be read.").but(
            Verdict::Bad,
            "このままでは誰も接続できません。バックアップからの復旧を検討してください。",
            "Nobody can connect like this: consider restoring a backup.",
        );
    };
    let left = list.next_update().since(services.now());
    let (days, hours) = (left / DAY, left / (DAY / 24));
    let check = Check::good(
        Subject::RevocationList,
        format!("{} 号、あと {days} 日有効です。", row.number),
        format!("Number {}, good for {days} more days.", row.number),
    );
    if left <= 0 {
        return check.but(
            Verdict::Bad,
            "期限切れのため、誰も接続できません。サーバーを起動すれば署名し直します。時計も確かめてください。",
            "It is out of date and nobody can connect: start the server, which signs a new one. Check the clock too.",
        );
    }
    if days < LIST_LATE {
        return check.but(
            Verdict::Notice,
            &format!("更新が遅れています(あと {hours} 時間)。サーバーを再起動してください。"),
            &format!("Its renewal is late ({hours} hours left): restart the server."),
        );
    }
    check
}

async fn enrolment(services: &Services) -> Option<Check> {
    let until = authority::window(&services.store).await.ok()?;
    let left = until.since(services.now()) / (60 * SECOND);
    if left <= 0 {
        return Some(Check::good(Subject::Enrolment, "閉じています。", "Closed."));
    }
    let check = Check::good(
        Subject::Enrolment,
        format!("あと {left} 分、開いています。"),
        format!("Open for {left} more minutes."),
    );
    Some(check.but(
        Verdict::Notice,
        "登録が済んだら tasuki enrolment close で閉じてください(時間が来れば自然に閉じます)。",
        "Close it with `tasuki enrolment close` when done; it closes by itself in time.",
    ))
}
