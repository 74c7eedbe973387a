//! Config room: reads the file and the environment, and collects every mistake at once.

use std::path::Path;

use figment::{
    Figment,
    providers::{Format, Toml},
    value::{Dict, Value},
};

use super::{Config, ConfigProblem, ConfigProblems, ProblemCode, rules};

/// Prefix of the variables that override the file; `__` stands for the dot: `TASUKI_SERVER__NAME`.
const PREFIX: &str = "TASUKI_";

impl Config {
    /// Reads `file` (when given) and then this process's environment, which wins.
    ///
    /// # Errors
    /// Every mistake found: unreadable file, unknown keys, values outside their rule, settings that contradict.
    pub fn load(file: Option<&Path>) -> Result<Self, ConfigProblems> {
        let text = match file {
            Some(path) => std::fs::read_to_string(path).map_err(|_| unreadable_file(path))?,
            None => String::new(),
        };
        let variables = std::env::vars_os()
            .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)));
        Self::from_sources(&text, variables)
    }

    /// The same from a text and a list of variables, so that nothing outside is needed.
    ///
    /// # Errors
    /// As [`Config::load`].
    pub fn from_sources(
        text: &str,
        variables: impl IntoIterator<Item = (String, String)>,
    ) -> Result<Self, ConfigProblems> {
        let mut problems = Vec::new();
        let mut figment = Figment::from(Toml::string(text));
        for (name, value) in variables {
            match setting_of_variable(&name) {
                Variable::Foreign => {}
                Variable::OneUnderscore => problems.push(one_underscore(&name)),
                Variable::Setting(key) => figment = figment.merge((key, plain_value(&value))),
            }
        }
        let mut values: Dict = figment.extract().map_err(|error| unreadable_text(&error))?;
        let config = extract(&mut values, &mut problems);
        if let Some(config) = &config {
            problems.extend(rules::contradictions(config));
        }
        match config {
            Some(config) if problems.is_empty() => Ok(config),
            _ => Err(ConfigProblems(problems)),
        }
    }
}

/// Reads the sections; on a mistake notes it, forgets that key (its default takes the place) and reads again.
fn extract(values: &mut Dict, problems: &mut Vec<ConfigProblem>) -> Option<Config> {
    loop {
        match Value::from(values.clone()).deserialize::<Config>() {
            Ok(config) => return Some(config),
            Err(error) => {
                let problem = ConfigProblem::from_figment(&error);
                let known = forget(values, &problem.key);
                problems.push(problem);
                if !known {
                    return None;
                }
            }
        }
    }
}

/// Removes a dotted key; false when it is not there, so that reading again would not help.
fn forget(values: &mut Dict, key: &str) -> bool {
    match key.split_once('.') {
        None => values.remove(key).is_some(),
        Some((section, rest)) => match values.get_mut(section) {
            Some(Value::Dict(_, inner)) => forget(inner, rest) || values.remove(section).is_some(),
            Some(_) => values.remove(section).is_some(),
            None => false,
        },
    }
}

/// What an environment variable means to this program.
enum Variable {
    Setting(String),
    OneUnderscore,
    Foreign,
}

fn setting_of_variable(name: &str) -> Variable {
    let Some(rest) = name.strip_prefix(PREFIX) else {
        return Variable::Foreign;
    };
    let rest = rest.to_lowercase();
    if rest.contains("__") {
        return Variable::Setting(rest.replace("__", "."));
    }
    // Every setting lives in a section, so TASUKI_SERVER_NAME can only be a slip; it must not be ignored silently.
    let slip = Config::SECTIONS
        .iter()
        .any(|section| rest.strip_prefix(section).is_some_and(|rest| rest.starts_with('_')));
    if slip { Variable::OneUnderscore } else { Variable::Foreign }
}

/// A variable's text as a number, a truth value or a text, whatever it looks like.
fn plain_value(text: &str) -> Value {
    match text.parse::<Value>() {
        Ok(value) => value,
        Err(never) => match never {},
    }
}

fn one_underscore(name: &str) -> ConfigProblem {
    ConfigProblem::new(
        name,
        ProblemCode::UnknownKey,
        "区切りは下線二つです（例 TASUKI_SERVER__NAME）",
        "write two underscores between section and key (TASUKI_SERVER__NAME)",
    )
}

fn unreadable_file(path: &Path) -> ConfigProblems {
    ConfigProblems(vec![ConfigProblem::new(
        &path.display().to_string(),
        ProblemCode::Unreadable,
        "設定ファイルを読めません。場所と読取り権限を確かめてください",
        "the configuration file cannot be read; check its path and permissions",
    )])
}

/// A text that is not TOML: only the place is told, since the line itself could hold anything.
fn unreadable_text(error: &figment::Error) -> ConfigProblems {
    let place = error.to_string();
    let place = place.lines().next().unwrap_or_default().chars().filter(|c| !c.is_control()).take(80);
    ConfigProblems(vec![ConfigProblem::new(
        "tasuki.toml",
        ProblemCode::Unreadable,
        "TOMLとして読めません",
        &format!("is not valid TOML: {}", place.collect::<String>()),
    )])
}
