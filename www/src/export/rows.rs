//! What an export reads: definitions, responses and exposures of the surveys and the span that were asked for, one at a
//! time, all as of one moment. It only reads the database.

use super::Request;
use candor_survey::Time;
use candor_survey::json::Value;
use rusqlite::{Connection, Transaction, TransactionBehavior, params};
use std::io;

/// A stored response or exposure.
pub(super) struct Row<'r> {
    id: &'r str,
    received: Time,
    line: &'r str,
}

impl Row<'_> {
    /// The id, for messages.
    pub(super) fn id(&self) -> &str {
        self.id
    }

    /// The record with the collector's `received`; `None` when the database holds something that is not JSON.
    ///
    /// The id is the database's own, in lower case, whatever case it was sent in: it is what joins.
    pub(super) fn value(&self) -> Option<Value> {
        let Ok(Value::Object(mut fields)) = Value::parse(self.line) else {
            eprintln!("candor: the stored record {} is damaged and is left out of an export", self.id);
            return None;
        };
        for (key, value) in [("id", self.id.to_string()), ("received", self.received.to_string())] {
            match fields.iter_mut().find(|(k, _)| k == key) {
                Some(field) => field.1 = Value::String(value),
                None => fields.push((key.into(), Value::String(value))),
            }
        }
        Some(Value::Object(fields))
    }
}

/// One revision of a definition.
pub(super) struct Revision {
    pub(super) revision: String,
    pub(super) json: String,
}

impl Revision {
    /// `{"v":1,"revision":…,"definition":{…}}` on one line.
    pub(super) fn line(&self) -> io::Result<String> {
        let definition = Value::parse(&self.json).map_err(|error| {
            io::Error::other(format!("the stored revision {} is damaged: {error}", self.revision))
        })?;
        let mut line = format!("{{\"v\":1,\"revision\":\"{}\",\"definition\":", self.revision);
        definition.write(&mut line);
        line.push('}');
        Ok(line)
    }
}

/// The rows of one export.
pub(super) struct Rows<'c> {
    transaction: Transaction<'c>,
    surveys: Vec<String>,
    from: i64,
    to: i64,
}

impl<'c> Rows<'c> {
    /// Fixes the moment that the export shows.
    pub(super) fn begin(connection: &'c mut Connection, request: &Request) -> rusqlite::Result<Rows<'c>> {
        let transaction = connection.transaction_with_behavior(TransactionBehavior::Deferred)?;
        // Whatever is stored has its survey's definition beside it, so this finds every survey that has rows.
        let surveys = match &request.survey {
            Some(id) => vec![id.to_string()],
            None => {
                let mut all =
                    transaction.prepare("SELECT DISTINCT survey FROM definitions ORDER BY survey")?;
                all.query_map([], |row| row.get(0))?.collect::<rusqlite::Result<_>>()?
            }
        };
        let (from, to) = (request.from.unwrap_or(i64::MIN), request.to.unwrap_or(i64::MAX));
        Ok(Rows { transaction, surveys, from, to })
    }

    /// Every revision, by survey, oldest first.
    pub(super) fn definitions(&self) -> io::Result<Vec<Revision>> {
        let read = || -> rusqlite::Result<Vec<Revision>> {
            let mut revisions = Vec::new();
            for survey in &self.surveys {
                let sql = "SELECT revision, json FROM definitions WHERE survey = ?1 ORDER BY recorded, rowid";
                let mut statement = self.transaction.prepare_cached(sql)?;
                let rows = statement
                    .query_map([survey], |row| Ok(Revision { revision: row.get(0)?, json: row.get(1)? }))?;
                for row in rows {
                    revisions.push(row?);
                }
            }
            Ok(revisions)
        };
        read().map_err(io::Error::other)
    }

    /// Hands over every response, the latest of each id, by survey and time of arrival.
    pub(super) fn responses(&self, take: impl FnMut(Row<'_>) -> io::Result<()>) -> io::Result<()> {
        self.each(
            "SELECT id, received, line FROM responses
             WHERE survey = ?1 AND received >= ?2 AND received < ?3 ORDER BY received, rowid",
            take,
        )
    }

    /// Hands over every exposure, by survey and time of arrival.
    pub(super) fn exposures(&self, take: impl FnMut(Row<'_>) -> io::Result<()>) -> io::Result<()> {
        self.each(
            "SELECT id, received, line FROM exposures
             WHERE survey = ?1 AND received >= ?2 AND received < ?3 ORDER BY received, rowid",
            take,
        )
    }

    fn each(&self, sql: &str, mut take: impl FnMut(Row<'_>) -> io::Result<()>) -> io::Result<()> {
        let failed = io::Error::other::<rusqlite::Error>;
        let mut statement = self.transaction.prepare_cached(sql).map_err(failed)?;
        for survey in &self.surveys {
            let mut rows = statement.query(params![survey, self.from, self.to]).map_err(failed)?;
            while let Some(row) = rows.next().map_err(failed)? {
                let text = |i| row.get_ref(i).and_then(|cell| Ok(cell.as_str()?)).map_err(failed);
                let received = Time(row.get(1).map_err(failed)?);
                take(Row { id: text(0)?, received, line: text(2)? })?;
            }
        }
        Ok(())
    }
}
