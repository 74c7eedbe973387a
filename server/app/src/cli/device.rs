//! `tasuki device …` and `tasuki enrolment …`.

use super::{Failure, operator};
use crate::{
    config::Config,
    console::{ConsoleCommand, DeviceCommand},
};
use clap::{Args, Subcommand};
use std::{process::ExitCode, sync::Arc};
use tasuki_domain::{
    device::DeviceKind,
    id::{DeviceId, PlaceId},
};

/// 端末の登録・コード・失効。 / Devices: register, one-time codes, block.
///
/// A device gets its certificate against its one-time code at the enrolment door, while `tasuki enrolment open` holds
/// it open.
#[derive(Debug, Args)]
pub struct Arguments {
    #[command(subcommand)]
    command: Device,
    /// 理由(アクセスログに残ります)。 / Why; goes into the access log.
    #[arg(long, global = true, default_value = "")]
    reason: String,
}

/// What to do.
#[derive(Debug, Subcommand)]
enum Device {
    /// 端末台帳。 / The device register.
    List {
        /// 法人・事業所の名称かID。 / Name or id of the organization.
        #[arg(long)]
        organization: Option<String>,
    },
    /// 端末を登録し、一回限りのコードを出します。 / Registers a device and issues its code.
    Create {
        /// 法人・事業所の名称かID。 / Name or id of the organization.
        #[arg(long)]
        organization: String,
        /// シールに書く名前(例: あおぞら2階 共用1)。人の名前は書きません。 / What its sticker says; never a person.
        #[arg(long)]
        label: String,
        /// 種別: 共用、個人の業務用端末、パソコン(shared, personal, desktop)。 / What it is.
        #[arg(long, value_parser = kind)]
        kind: DeviceKind,
        /// 置き場所のID(tasuki organization places)。 / Id of its place.
        #[arg(long)]
        place: Option<PlaceId>,
        /// コードの有効時間(分)。 / Minutes that the code lives. (1-1440)
        #[arg(long, default_value_t = 60)]
        minutes: i64,
    },
    /// 新しいコードを出します(前の証明書は、登録し直したときに失効します)。 / Another code for a device.
    Code {
        /// 端末のID。 / Id of the device.
        device: DeviceId,
        /// コードの有効時間(分)。 / Minutes that the code lives. (1-1440)
        #[arg(long, default_value_t = 60)]
        minutes: i64,
    },
    /// 端末を直ちに失効させます。開いている接続も切れます。 / Blocks a device at once.
    Revoke {
        /// 端末のID。 / Id of the device.
        device: DeviceId,
    },
}

/// 端末登録の受付を開く・閉じる。 / The enrolment door.
#[derive(Debug, Args)]
pub struct EnrolmentArguments {
    #[command(subcommand)]
    command: Enrolment,
    /// 理由(アクセスログに残ります)。 / Why; goes into the access log.
    #[arg(long, global = true, default_value = "")]
    reason: String,
}

/// What to do.
#[derive(Debug, Subcommand)]
enum Enrolment {
    /// 決めた時間だけ開きます。 / Opens it for a stated time.
    Open {
        /// 何分。 / Minutes. (1-120)
        #[arg(long, default_value_t = 60)]
        minutes: i64,
    },
    /// すぐ閉じます。 / Closes it at once.
    Close,
}

/// A kind of device by its Japanese word or API name.
pub(super) fn kind(text: &str) -> Result<DeviceKind, String> {
    let named = DeviceKind::ALL.iter().find(|kind| kind.japanese() == text || kind.text() == text);
    named.copied().ok_or_else(|| {
        let known: Vec<String> =
            DeviceKind::ALL.iter().map(|kind| format!("{} ({})", kind.text(), kind.japanese())).collect();
        format!("one of: {}", known.join(", "))
    })
}

/// Does it.
///
/// # Errors
/// Why it was not done, in words.
pub async fn run(config: Arc<Config>, arguments: Arguments) -> Result<ExitCode, Failure> {
    let (command, looks) = match arguments.command {
        Device::List { organization } => (DeviceCommand::List { organization }, true),
        Device::Create { organization, label, kind, place, minutes } => {
            (DeviceCommand::Create { organization, label, kind, place, minutes }, false)
        }
        Device::Code { device, minutes } => (DeviceCommand::Code { device, minutes }, false),
        Device::Revoke { device } => (DeviceCommand::Revoke { device }, false),
    };
    operator::tell(config, &arguments.reason, looks, ConsoleCommand::Devices(command)).await
}

/// Opens or closes the enrolment door.
///
/// # Errors
/// Why it was not done, in words.
pub async fn run_enrolment(config: Arc<Config>, arguments: EnrolmentArguments) -> Result<ExitCode, Failure> {
    let command = match arguments.command {
        Enrolment::Open { minutes } => DeviceCommand::OpenEnrolment { minutes },
        Enrolment::Close => DeviceCommand::CloseEnrolment {},
    };
    operator::tell(config, &arguments.reason, false, ConsoleCommand::Devices(command)).await
}
