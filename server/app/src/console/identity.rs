//! Names of the machine and of its users, for the log's words on who sat at the console.

/// The machine's name.
#[must_use]
pub fn host() -> String {
    let name = std::fs::read_to_string("/proc/sys/kernel/hostname").unwrap_or_default();
    let name: String = name.trim().chars().filter(|c| !c.is_control()).take(64).collect();
    if name.is_empty() { "unknown".into() } else { name }
}

/// The name of a user of this machine; its number when it has none.
#[must_use]
pub fn user_name(user: u32) -> String {
    let number = user.to_string();
    let users = std::fs::read_to_string("/etc/passwd").unwrap_or_default();
    let name = users.lines().find_map(|line| {
        let mut fields = line.split(':');
        let (name, _, found) = (fields.next()?, fields.next()?, fields.next()?);
        (found == number).then(|| name.to_owned())
    });
    name.unwrap_or(number)
}
