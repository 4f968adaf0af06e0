//! Tokens: who may export. They are shown once, kept as SHA-256 in the store, and compared without telling by the time
//! it takes how much of one was right; this touches the table of tokens only.
//!
//! SHA-256 without salt or stretching suffices, because a token is 256 random bits: there is nothing to guess.

use crate::clock;
use crate::error::Error;
use crate::store::open_database;
use candor_survey::{Id, Time};
use rusqlite::{Connection, ErrorCode, params};
use sha2::{Digest, Sha256};
use std::path::Path;
use subtle::{Choice, ConstantTimeEq};

/// A token as it is listed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listed {
    /// Its name.
    pub name: String,
    /// When it was made.
    pub created: Time,
}

/// Makes a token and returns it; it cannot be shown again.
///
/// # Errors
/// The name is taken or is no name, or the data folder cannot be written.
pub fn new(folder: &Path, name: &Id) -> Result<String, Error> {
    let connection = open_database(folder, true)?;
    let token = random()?;
    let sql = "INSERT INTO tokens (name, hash, created) VALUES (?1, ?2, ?3)";
    match connection.execute(sql, params![name.as_str(), hash(&token), clock::now().0]) {
        Ok(_) => Ok(token),
        Err(error) if error.sqlite_error_code() == Some(ErrorCode::ConstraintViolation) => {
            Err(Error::TokenExists { name: name.to_string() })
        }
        Err(source) => Err(Error::database("add a token to", folder)(source)),
    }
}

/// Makes a token in place of any of the same name.
///
/// # Errors
/// The data folder cannot be written.
pub fn renew(folder: &Path, name: &Id) -> Result<String, Error> {
    let connection = open_database(folder, true)?;
    let token = random()?;
    connection
        .execute(
            "INSERT OR REPLACE INTO tokens (name, hash, created) VALUES (?1, ?2, ?3)",
            params![name.as_str(), hash(&token), clock::now().0],
        )
        .map_err(Error::database("add a token to", folder))?;
    Ok(token)
}

/// The tokens there are, by name.
///
/// # Errors
/// The data folder is not there or cannot be read.
pub fn list(folder: &Path) -> Result<Vec<Listed>, Error> {
    let connection = open_database(folder, false)?;
    let read = || -> rusqlite::Result<Vec<Listed>> {
        let mut statement = connection.prepare("SELECT name, created FROM tokens ORDER BY name")?;
        let rows =
            statement.query_map([], |row| Ok(Listed { name: row.get(0)?, created: Time(row.get(1)?) }))?;
        rows.collect()
    };
    read().map_err(Error::database("list the tokens in", folder))
}

/// Takes a token back; exports with it are refused from then on.
///
/// # Errors
/// There is none of that name, or the data folder cannot be written.
pub fn revoke(folder: &Path, name: &str) -> Result<(), Error> {
    let connection = open_database(folder, false)?;
    let gone = connection
        .execute("DELETE FROM tokens WHERE name = ?1", [name])
        .map_err(Error::database("revoke a token in", folder))?;
    if gone == 0 { Err(Error::NoToken { name: name.into() }) } else { Ok(()) }
}

/// Whether this token may export.
///
/// # Errors
/// What SQLite says.
pub fn admits(connection: &Connection, token: &str) -> rusqlite::Result<bool> {
    let given = hash(token);
    let mut statement = connection.prepare("SELECT hash FROM tokens")?;
    let mut rows = statement.query([])?;
    let mut found = Choice::from(0);
    while let Some(row) = rows.next()? {
        let stored: Vec<u8> = row.get(0)?;
        found |= stored.as_slice().ct_eq(&given);
    }
    Ok(found.into())
}

fn hash(token: &str) -> [u8; 32] {
    Sha256::digest(token.as_bytes()).into()
}

/// `candor_` and 32 random bytes in hexadecimal: the prefix lets a scanner of leaked secrets know one.
fn random() -> Result<String, Error> {
    let mut bytes = [0u8; 32];
    getrandom::fill(&mut bytes).map_err(Error::Random)?;
    let hex: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    Ok(format!("candor_{hex}"))
}
