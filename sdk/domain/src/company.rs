//! Which company a ticket belongs to: the matrix of chapter 6.

use crate::actor::Scope;
use crate::id::CompanyId;
use crate::prelude::*;
use crate::refusal::{Field, Problem, Refusal};

/// The company field of stage 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CompanyField {
    /// Read-only with this value.
    Locked(CompanyId),
    /// The operator must choose.
    Choose,
}

/// The field for an operator's session and a person's registration. Callers have checked that the session sees the
/// person, which rules out the last row of the matrix.
pub fn company_field(session: Scope, registered: Scope) -> CompanyField {
    match (session, registered) {
        (Scope::All, Scope::All) => CompanyField::Choose,
        (_, Scope::Company(theirs)) => CompanyField::Locked(theirs),
        (Scope::Company(mine), Scope::All) => CompanyField::Locked(mine),
    }
}

/// The company of the ticket, from the field and what the operator chose. A choice against a lock is ignored,
/// as the field was read-only.
pub fn resolve(field: CompanyField, chosen: Option<CompanyId>) -> Result<CompanyId, Refusal> {
    match field {
        CompanyField::Locked(company) => Ok(company),
        CompanyField::Choose => chosen.ok_or(Refusal::invalid(Field::Company, Problem::Missing)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TWO: Scope = Scope::Company(CompanyId(2));

    #[test]
    fn v_05_all_and_all_needs_a_choice() {
        let field = company_field(Scope::All, Scope::All);
        assert_eq!(resolve(field, None), Err(Refusal::invalid(Field::Company, Problem::Missing)));
        assert_eq!(resolve(field, Some(CompanyId(1))), Ok(CompanyId(1)));
    }

    #[test]
    fn v_06_a_session_in_one_company_locks_a_person_of_all() {
        assert_eq!(company_field(TWO, Scope::All), CompanyField::Locked(CompanyId(2)));
    }

    #[test]
    fn a_person_of_one_company_locks_the_field_whoever_asks() {
        let three = Scope::Company(CompanyId(3));
        assert_eq!(company_field(Scope::All, three), CompanyField::Locked(CompanyId(3)));
        assert_eq!(company_field(three, three), CompanyField::Locked(CompanyId(3)));
        assert_eq!(resolve(company_field(Scope::All, three), Some(CompanyId(9))), Ok(CompanyId(3)));
    }
}
