//! The CRM file beside a survey at a desk: looked at, read by a join plan, and kept as hashed keys with what is known of each
//! customer. It is read a few slices at a time, each when the page asks again, so that the page can say how far it is and stop.

use crate::desk::{SLICE, slices};
use crate::file::{File, Source};
use crate::rows::Rows;
use candor_engine::plan::{Plan, recognise};
use candor_engine::reader::Takes;
use candor_engine::value::{Crm, CrmReading, JoinError, JoinPlan};
use candor_worker::{Reached, Refusal};
use js_sys::WebAssembly;

/// A CRM file, and what was read of it by which plan.
pub(crate) struct Customers {
    source: Source,
    name: String,
    module: Option<WebAssembly::Module>,
    read: Option<(JoinPlan, Crm)>,
    /// What is being read, until it has been.
    under_way: Option<UnderWay>,
}

/// Milliseconds that it is read for before the page hears how far it is.
const TURN: f64 = 60.0;

struct UnderWay {
    plan: JoinPlan,
    reading: CrmReading,
    /// Rows from the module of the format, where it has one.
    rows: Option<Rows>,
    /// The bytes that have been read.
    done: u64,
}

impl Customers {
    /// Looks into a file.
    ///
    /// # Errors
    /// It cannot be read or opened.
    pub(crate) fn open(
        name: String,
        file: File,
        module: Option<WebAssembly::Module>,
    ) -> Result<Customers, Refusal> {
        Ok(Customers { source: Source::open(file, None)?, name, module, read: None, under_way: None })
    }

    /// The format whose module is missing.
    pub(crate) fn wants(&self) -> Option<&'static str> {
        self.source.heavy.filter(|_| self.module.is_none()).map(|heavy| heavy.as_str())
    }

    /// How its table would be read, and its first bytes.
    ///
    /// # Errors
    /// It is damaged, no table, or Candor's own export.
    pub(crate) fn head(&self) -> Result<(Plan, Vec<u8>), Refusal> {
        let (plan, head) = match &self.module {
            Some(module) => {
                let rows = Rows::open(module, &self.source.table)?;
                (rows.recognise(), rows.head().to_vec())
            }
            None => (recognise(&self.source.head, &self.name), self.source.head.clone()),
        };
        if plan.tool.is_own() {
            let name = &self.name;
            return Err(Refusal::File(format!(
                "{name} is an export of Candor, and no CRM table. Choose the file that has a row for each customer."
            )));
        }
        if plan.columns.is_empty() { Err(Refusal::NoTable(plan.notes)) } else { Ok((plan, head)) }
    }

    /// Its customers by a plan, which is read once for each plan.
    pub(crate) fn by(&self, plan: &JoinPlan) -> Option<&Crm> {
        self.read.as_ref().filter(|(known, _)| known == plan).map(|(_, crm)| crm)
    }

    /// Reads on by a plan, from the file's beginning when it was being read by another; how far it is, or nothing once it has been
    /// read.
    ///
    /// # Errors
    /// The plan cannot be followed, or the file cannot be read.
    pub(crate) fn read_on(&mut self, plan: &JoinPlan) -> Result<Option<Reached>, Refusal> {
        // What is refused is not gone on with: the next asking begins anew.
        let mut under_way = match self.under_way.take().filter(|under_way| under_way.plan == *plan) {
            Some(under_way) => under_way,
            None => self.begin(plan)?,
        };
        let table = &self.source.table;
        let began = js_sys::Date::now();
        let more = loop {
            let more = under_way.step(table)?;
            if !more || js_sys::Date::now() - began > TURN {
                break more;
            }
        };
        if more {
            let reached =
                Reached { rows: under_way.reading.rows(), done: under_way.done, size: table.size() };
            self.under_way = Some(under_way);
            return Ok(Some(reached));
        }
        let UnderWay { plan, reading, .. } = under_way;
        self.read = Some((plan, reading.finish().map_err(refused)?.finish()));
        Ok(None)
    }

    /// How far that is when all of it has been read.
    pub(crate) fn whole(&self) -> Reached {
        let (rows, size) = (self.read.as_ref().map_or(0, |(_, crm)| crm.rows()), self.source.table.size());
        Reached { rows, done: size, size }
    }

    fn begin(&self, plan: &JoinPlan) -> Result<UnderWay, Refusal> {
        let mut reading = CrmReading::new(plan).map_err(refused)?;
        if let Some(entry) = &self.source.entry {
            reading.unpack(entry);
        }
        let rows = match &self.module {
            Some(module) => Some(Rows::open(module, &self.source.table)?),
            None => None,
        };
        Ok(UnderWay { plan: plan.clone(), reading, rows, done: 0 })
    }
}

impl UnderWay {
    /// Reads a slice, and says whether there may be more.
    fn step(&mut self, table: &File) -> Result<bool, Refusal> {
        if let Some(rows) = &mut self.rows {
            let more = rows.read(&mut self.reading)?;
            self.done = rows.reached();
            return Ok(more);
        }
        let end = (self.done + SLICE).min(table.size());
        let reading = &mut self.reading;
        slices(table, self.done..end, &mut |bytes, _| reading.push(bytes)).map_err(Refusal::Unreadable)?;
        self.done = end;
        Ok(end < table.size())
    }
}

pub(crate) fn refused(error: JoinError) -> Refusal {
    Refusal::Plan(error.to_string())
}
