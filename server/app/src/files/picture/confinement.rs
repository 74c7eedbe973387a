//! files: what the picture helper gives up before it reads a byte: files, network, other programs, most
//! memory and time.
//!
//! Resource limits hold on every kernel; the system-call filter (seccomp) needs Linux on x86-64 or ARM64.
//! Where either cannot be set the helper refuses to work.

use rustix::process::{Resource, Rlimit, setrlimit};
use seccompiler::{BpfProgram, SeccompAction, SeccompFilter, TargetArch, apply_filter};

/// Most address space of the helper, bytes: a 40-megapixel original, its smaller copy, the program itself.
pub const MEMORY: u64 = 512 * 1024 * 1024;
/// Most CPU time of the helper, seconds.
pub const CPU_SECONDS: u64 = 3;

/// Confinement could not be set.
#[derive(Debug, thiserror::Error)]
pub enum ConfinementError {
    /// A resource limit was refused.
    #[error("resource limit: {0}")]
    Limit(#[from] rustix::io::Errno),
    /// The filter could not be made.
    #[error("filter: {0}")]
    Filter(#[from] seccompiler::BackendError),
    /// The filter was refused by the kernel.
    #[error("filter refused: {0}")]
    Refused(#[from] seccompiler::Error),
}

/// Confines this process for good. Call with one thread only.
///
/// # Errors
/// When the kernel refuses a limit or the filter.
pub fn confine() -> Result<(), ConfinementError> {
    limit_resources()?;
    filter_calls()
}

fn limit_resources() -> Result<(), ConfinementError> {
    let limits = [
        (Resource::As, MEMORY),
        (Resource::Cpu, CPU_SECONDS),
        (Resource::Core, 0),
        (Resource::Fsize, 0),
        (Resource::Nofile, 0),
        (Resource::Nproc, 0),
        (Resource::Memlock, 0),
        (Resource::Stack, 8 * 1024 * 1024),
    ];
    for (resource, most) in limits {
        setrlimit(resource, Rlimit { current: Some(most), maximum: Some(most) })?;
    }
    Ok(())
}

/// Lets this thread (and what it starts, which is nothing) make only the calls that computing needs; every
/// other call fails with EPERM: opening, sockets, starting programs, signalling others, tracing.
///
/// # Errors
/// When the filter cannot be made for this processor or the kernel refuses it.
pub fn filter_calls() -> Result<(), ConfinementError> {
    let rules = ALLOWED.iter().map(|call| (*call, Vec::new())).collect();
    let arch = TargetArch::try_from(std::env::consts::ARCH)?;
    let denied = SeccompAction::Errno(libc::EPERM.unsigned_abs());
    let filter = SeccompFilter::new(rules, denied, SeccompAction::Allow, arch)?;
    let program = BpfProgram::try_from(filter)?;
    apply_filter(&program)?;
    Ok(())
}

/// Pipes, memory, its own signals and threads, random bytes, clock, exit.
const ALLOWED: &[libc::c_long] = &[
    libc::SYS_read,
    libc::SYS_readv,
    libc::SYS_write,
    libc::SYS_writev,
    libc::SYS_close,
    libc::SYS_fstat,
    libc::SYS_mmap,
    libc::SYS_munmap,
    libc::SYS_mremap,
    libc::SYS_mprotect,
    libc::SYS_madvise,
    libc::SYS_brk,
    libc::SYS_futex,
    libc::SYS_sched_yield,
    libc::SYS_rt_sigaction,
    libc::SYS_rt_sigprocmask,
    libc::SYS_rt_sigreturn,
    libc::SYS_sigaltstack,
    libc::SYS_getpid,
    libc::SYS_gettid,
    libc::SYS_tgkill,
    libc::SYS_getrandom,
    libc::SYS_clock_gettime,
    libc::SYS_restart_syscall,
    libc::SYS_exit,
    libc::SYS_exit_group,
];

#[cfg(test)]
mod tests {
    use super::filter_calls;
    use std::io::ErrorKind;

    #[test]
    fn the_filter_leaves_memory_and_takes_files_network_and_programs() {
        // The filter holds for the thread that sets it, so the test's other threads stay free.
        let seen = std::thread::spawn(|| {
            filter_calls().unwrap();
            let memory = vec![1_u8; 30_000_000].iter().filter(|byte| **byte == 1).count();
            let kinds = [
                std::fs::File::open("/etc/hostname").map(drop),
                std::fs::write("/tmp/tasuki-must-not-appear", b"x"),
                std::net::TcpListener::bind("127.0.0.1:0").map(drop),
                std::os::unix::net::UnixDatagram::unbound().map(drop),
                std::process::Command::new("/bin/true").spawn().map(drop),
            ];
            (memory, kinds.map(|result| result.err().map(|error| error.kind())))
        })
        .join()
        .unwrap();
        assert_eq!(seen, (30_000_000, [Some(ErrorKind::PermissionDenied); 5]));
    }
}
