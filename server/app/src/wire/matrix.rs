//! wire: the rights matrix with its job types and information classes.

use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use tasuki_domain::{
    id::OrganizationId,
    info_class::InfoClassId,
    job_type::JobTypeId,
    policy::MatrixCell,
    problem::{FieldProblem, FieldRule},
    text::Title,
};
use utoipa::ToSchema;

/// The highest number of a job type or information class.
const HIGHEST: usize = 62;

/// A job type or information class.
#[derive(Debug, Serialize, ToSchema)]
pub struct Word {
    /// Its number, 1 to 62.
    pub id: i16,
    /// The word on Japanese screens.
    pub japanese: String,
    /// The word on English screens.
    pub english: String,
}

/// What a job type may read and write.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Rights {
    /// The job type's number.
    #[schema(minimum = 1, maximum = 62)]
    pub job_type: i16,
    /// Numbers of the classes to read.
    #[schema(max_items = 62)]
    pub read: Vec<i16>,
    /// Numbers of the classes to write, which must be readable too.
    #[schema(max_items = 62)]
    pub write: Vec<i16>,
}

/// One matrix.
#[derive(Debug, Serialize, ToSchema)]
pub struct Matrix {
    /// Null: the consortium's; otherwise that employer's narrowing, which only takes away.
    #[schema(value_type = Option<Uuid>)]
    pub organization: Option<OrganizationId>,
    /// Its version; a change names the version that it was made on, 0 where there is none yet.
    pub version: i64,
    /// When it began, µs UTC.
    pub at: i64,
    /// One row for each job type.
    pub rows: Vec<Rights>,
}

/// Everything that rights by job type are made of.
#[derive(Debug, Serialize, ToSchema)]
pub struct Matrices {
    /// 職種
    pub job_types: Vec<Word>,
    /// 情報区分
    pub info_classes: Vec<Word>,
    /// The consortium's first, then what employers have narrowed.
    pub matrices: Vec<Matrix>,
}

/// The rows of a matrix, from its cells.
#[must_use]
pub fn rows(cells: &[MatrixCell]) -> Vec<Rights> {
    let job_types: BTreeSet<i16> = cells.iter().map(|cell| cell.job_type.0).collect();
    let classes = |job_type: i16, wanted: fn(&MatrixCell) -> bool| {
        cells
            .iter()
            .filter(|cell| cell.job_type.0 == job_type && wanted(cell))
            .map(|cell| cell.class.0)
            .collect()
    };
    job_types
        .into_iter()
        .map(|job_type| Rights {
            job_type,
            read: classes(job_type, |cell| cell.read),
            write: classes(job_type, |cell| cell.write),
        })
        .collect()
}

/// A whole matrix to put into force; what is not named is not allowed.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ReplaceMatrix {
    /// The version that was changed.
    pub version: i64,
    /// One row for each job type.
    #[schema(max_items = 62)]
    rows: Vec<Rights>,
}

impl ReplaceMatrix {
    /// The cells.
    ///
    /// # Errors
    /// `rows` with `field.too_many`, or `field.unexpected` for a job type or class that is named twice or written
    /// without being read.
    pub fn cells(&self, organization: Option<OrganizationId>) -> Result<Vec<MatrixCell>, FieldProblem> {
        let refuse = |rule| Err(FieldProblem::new("rows", rule));
        let too_long = |numbers: &Vec<i16>| numbers.len() > HIGHEST;
        if self.rows.len() > HIGHEST
            || self.rows.iter().any(|row| too_long(&row.read) || too_long(&row.write))
        {
            return refuse(FieldRule::TooMany(HIGHEST));
        }
        let mut seen = BTreeSet::new();
        let mut cells = Vec::new();
        for row in &self.rows {
            let (read, write) = (set(&row.read), set(&row.write));
            let twice = read.len() != row.read.len() || write.len() != row.write.len();
            if !seen.insert(row.job_type) || twice || !write.is_subset(&read) {
                return refuse(FieldRule::Unexpected);
            }
            cells.extend(read.into_iter().map(|class| MatrixCell {
                organization,
                job_type: JobTypeId(row.job_type),
                class: InfoClassId(class),
                read: true,
                write: write.contains(&class),
            }));
        }
        Ok(cells)
    }
}

fn set(numbers: &[i16]) -> BTreeSet<i16> {
    numbers.iter().copied().collect()
}

/// A new job type or information class.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CreateWord {
    /// The word on Japanese screens.
    #[schema(min_length = 1, max_length = 60)]
    japanese: String,
    /// The word on English screens.
    #[schema(min_length = 1, max_length = 60)]
    english: String,
}

impl CreateWord {
    /// Checks every field.
    ///
    /// # Errors
    /// The first broken rule.
    pub fn parse(&self) -> Result<(Title, Title), FieldProblem> {
        Ok((Title::parse("japanese", &self.japanese)?, Title::parse("english", &self.english)?))
    }
}

/// Other words; what is left out stays.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ChangeWord {
    /// The word on Japanese screens.
    #[schema(min_length = 1, max_length = 60)]
    japanese: Option<String>,
    /// The word on English screens.
    #[schema(min_length = 1, max_length = 60)]
    english: Option<String>,
}

impl ChangeWord {
    /// Checks every field.
    ///
    /// # Errors
    /// The first broken rule.
    pub fn parse(&self) -> Result<(Option<Title>, Option<Title>), FieldProblem> {
        let japanese = self.japanese.as_deref().map(|word| Title::parse("japanese", word)).transpose()?;
        let english = self.english.as_deref().map(|word| Title::parse("english", word)).transpose()?;
        Ok((japanese, english))
    }
}

/// The number of what was made.
#[derive(Debug, Serialize, ToSchema)]
pub struct CreatedWord {
    /// The number.
    pub id: i16,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_matrix_comes_back_as_it_was_sent() {
        let json = r#"{"version":1,"rows":[{"job_type":4,"read":[1,2],"write":[2]},{"job_type":6,"read":[1],"write":[]}]}"#;
        let matrix: ReplaceMatrix = serde_json::from_str(json).unwrap();
        let rows = rows(&matrix.cells(None).unwrap());
        let back: Vec<_> =
            rows.iter().map(|row| (row.job_type, row.read.clone(), row.write.clone())).collect();
        assert_eq!(back, [(4, vec![1, 2], vec![2]), (6, vec![1], vec![])]);
    }

    #[test]
    fn a_crooked_matrix_is_refused() {
        for rows in [
            r#"[{"job_type":4,"read":[1],"write":[2]}]"#,
            r#"[{"job_type":4,"read":[1,1],"write":[]}]"#,
            r#"[{"job_type":4,"read":[],"write":[]},{"job_type":4,"read":[],"write":[]}]"#,
        ] {
            let matrix: ReplaceMatrix =
                serde_json::from_str(&format!(r#"{{"version":1,"rows":{rows}}}"#)).unwrap();
            assert_eq!(matrix.cells(None).unwrap_err().rule, FieldRule::Unexpected, "{rows}");
        }
    }
}
