//! The rights matrix: job type × information class, for the consortium, narrowed by organizations. Versions stay.

use super::{info_class, job_type, organization};
use crate::{
    batch::Batch,
    error::{StoreError, WorkError},
    look::Revealed,
    start::{MATRIX_CELL, matrix_row},
    store::Store,
};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use tasuki_domain::{
    id::OrganizationId,
    info_class::InfoClassId,
    job_type::JobTypeId,
    policy::{ChangeMatrix, Grant, MatrixCell, ReadMatrix},
    problem::{FieldProblem, FieldRule},
    time::Timestamp,
};
use uuid::Uuid;

const NEWEST: &str = "SELECT c.organization, c.version, c.at, c.job_type, c.info_class, c.may_read, c.may_write FROM matrix_cell c \
     WHERE c.version = (SELECT max(n.version) FROM matrix_cell n WHERE n.organization = c.organization) \
     ORDER BY c.organization, c.job_type, c.info_class";
const NUMBERS: &str = "SELECT job_type, 0 FROM job_type UNION ALL SELECT 0, info_class FROM info_class";

type Row = (Uuid, i64, i64, i64, i64, i64, i64);
type Key = (JobTypeId, InfoClassId);

/// A matrix in its newest version.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Matrix {
    /// The version; 0 for an organization that has never narrowed anything.
    pub version: i64,
    /// When it began.
    pub at: Timestamp,
    /// Its cells; what is not named is not allowed.
    pub cells: Vec<MatrixCell>,
}

/// Every matrix there is.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Matrices {
    /// The consortium's.
    pub consortium: Matrix,
    /// What organizations have narrowed.
    pub narrowed: Vec<(OrganizationId, Matrix)>,
}

/// The matrices as they count now.
///
/// # Errors
/// When the database does not answer.
pub async fn read(store: &Store, _look: &Revealed<ReadMatrix>) -> Result<Matrices, StoreError> {
    let mut connection = store.reading().await?;
    let rows: Vec<Row> = on!(&mut connection, c => sqlx::query_as(NEWEST).fetch_all(&mut **c).await)?;
    gather(rows)
}

fn gather(rows: Vec<Row>) -> Result<Matrices, StoreError> {
    let empty = || Matrix { version: 0, at: Timestamp(0), cells: Vec::new() };
    let mut all: BTreeMap<Uuid, Matrix> = BTreeMap::new();
    for (organization, version, at, job_type, class, read, write) in rows {
        let damaged = |_| StoreError::Damaged("rights matrix");
        let matrix = all.entry(organization).or_insert_with(empty);
        (matrix.version, matrix.at) = (version, Timestamp(at));
        matrix.cells.push(MatrixCell {
            organization: (!organization.is_nil()).then(|| OrganizationId::from_uuid(organization)),
            job_type: JobTypeId(i16::try_from(job_type).map_err(damaged)?),
            class: InfoClassId(i16::try_from(class).map_err(damaged)?),
            read: read != 0,
            write: write != 0,
        });
    }
    let consortium = all.remove(&Uuid::nil()).unwrap_or_else(empty);
    let narrowed = all.into_iter().map(|(id, matrix)| (OrganizationId::from_uuid(id), matrix)).collect();
    Ok(Matrices { consortium, narrowed })
}

/// The next version of a matrix.
#[derive(Clone, Debug)]
pub struct NewMatrix {
    /// The version that the caller saw.
    pub version: i64,
    /// What is allowed; what is not named is not.
    pub cells: Vec<MatrixCell>,
}

/// What a change came to.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct MatrixChanged {
    /// The version that now counts.
    pub version: i64,
    /// The cells that changed, such as `4.5:r` for job type 4 and class 5, for the entry.
    pub changes: Vec<String>,
}

/// Puts the whole matrix of the consortium, or the narrowing of an organization, into force.
///
/// # Errors
/// Conflicts `matrix.changed` (somebody else was quicker), `matrix.safety` (安全情報 is for every team member),
/// `matrix.widens` (an organization may only narrow), `organization.ended`; `cells` with `field.choice` for an unknown
/// number and `field.unexpected` for a cell named twice or written without being read.
pub async fn replace(
    batch: &mut Batch,
    grant: &Grant<ChangeMatrix>,
    new: &NewMatrix,
) -> Result<MatrixChanged, WorkError> {
    let owner = grant.act().organization;
    if let Some(organization) = owner {
        organization::demand_live(batch, organization).await?;
    }
    let rows: Vec<Row> = fetch_all!(batch, NEWEST);
    let known = gather(rows)?;
    let current = match owner {
        None => known.consortium.clone(),
        Some(own) => known
            .narrowed
            .iter()
            .find(|(organization, _)| *organization == own)
            .map_or_else(|| Matrix { version: 0, ..known.consortium.clone() }, |(_, matrix)| matrix.clone()),
    };
    if current.version != new.version {
        return Err(WorkError::Conflict("matrix.changed"));
    }
    let (job_types, classes) = numbers(batch).await?;
    let wanted = checked(new, &job_types, &classes)?;
    demand_allowed(owner, &wanted, &known.consortium, &job_types)?;
    let (version, now) = (current.version + 1, batch.now().0);
    let mut changes = Vec::new();
    let before: HashMap<Key, (bool, bool)> = by_key(&current.cells);
    for job_type in job_types {
        for class in &classes {
            let key = (job_type, *class);
            let (read, write) = wanted.get(&key).copied().unwrap_or_default();
            if before.get(&key).copied().unwrap_or_default() != (read, write) {
                changes.push(said(key, read, write));
            }
            let cell = MatrixCell { organization: owner, job_type, class: *class, read, write };
            batch.stage(&MATRIX_CELL, matrix_row(&cell, version, now));
        }
    }
    batch.policy_changed();
    Ok(MatrixChanged { version, changes })
}

fn said((job_type, class): Key, read: bool, write: bool) -> String {
    let right = match (read, write) {
        (_, true) => "w",
        (true, false) => "r",
        (false, false) => "-",
    };
    format!("{}.{}:{right}", job_type.0, class.0)
}

async fn numbers(batch: &mut Batch) -> Result<(BTreeSet<JobTypeId>, BTreeSet<InfoClassId>), WorkError> {
    let rows: Vec<(i64, i64)> = fetch_all!(batch, NUMBERS);
    let small = |number: i64| i16::try_from(number).ok().filter(|number| *number > 0);
    let job_types = rows.iter().filter_map(|(job_type, _)| small(*job_type)).map(JobTypeId).collect();
    let classes = rows.iter().filter_map(|(_, class)| small(*class)).map(InfoClassId).collect();
    Ok((job_types, classes))
}

fn by_key(cells: &[MatrixCell]) -> HashMap<Key, (bool, bool)> {
    cells.iter().map(|cell| ((cell.job_type, cell.class), (cell.read, cell.write))).collect()
}

fn checked(
    new: &NewMatrix,
    job_types: &BTreeSet<JobTypeId>,
    classes: &BTreeSet<InfoClassId>,
) -> Result<HashMap<Key, (bool, bool)>, FieldProblem> {
    let refuse = |rule| Err(FieldProblem::new("cells", rule));
    let mut wanted = HashMap::with_capacity(new.cells.len());
    for cell in &new.cells {
        if !job_types.contains(&cell.job_type) || !classes.contains(&cell.class) {
            return refuse(FieldRule::Choice);
        }
        let twice = wanted.insert((cell.job_type, cell.class), (cell.read, cell.write)).is_some();
        // Whoever writes reads what was written.
        if twice || (cell.write && !cell.read) {
            return refuse(FieldRule::Unexpected);
        }
    }
    Ok(wanted)
}

fn demand_allowed(
    owner: Option<OrganizationId>,
    wanted: &HashMap<Key, (bool, bool)>,
    consortium: &Matrix,
    job_types: &BTreeSet<JobTypeId>,
) -> Result<(), WorkError> {
    let reads =
        |job_type: &JobTypeId| wanted.get(&(*job_type, InfoClassId::SAFETY)).is_some_and(|cell| cell.0);
    if !job_types.iter().all(reads) {
        return Err(WorkError::Conflict("matrix.safety"));
    }
    let allowed = by_key(&consortium.cells);
    let widens = |key: &Key, (read, write): (bool, bool)| {
        let (may_read, may_write) = allowed.get(key).copied().unwrap_or_default();
        let safety = key.1 == InfoClassId::SAFETY;
        (read && !may_read && !safety) || (write && !may_write)
    };
    if owner.is_some() && wanted.iter().any(|(key, cell)| widens(key, *cell)) {
        return Err(WorkError::Conflict("matrix.widens"));
    }
    Ok(())
}

/// The tables that the matrix is made of.
///
/// # Errors
/// When the database does not answer.
pub async fn axes(
    store: &Store,
    _look: &Revealed<ReadMatrix>,
) -> Result<(Vec<job_type::JobType>, Vec<info_class::InfoClass>), StoreError> {
    Ok((job_type::list(store).await?, info_class::list(store).await?))
}
