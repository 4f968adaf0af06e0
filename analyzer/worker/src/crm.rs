//! The CRM file beside a survey at a desk: looked at, read by a join plan, and kept as hashed keys with what is known of each
//! customer. It is read in one go, because it is small beside a survey of as many customers.

use crate::desk::slices;
use crate::file::{File, Source};
use crate::rows::Rows;
use candor_engine::plan::{Plan, recognise};
use candor_engine::reader::Takes;
use candor_engine::value::{Crm, CrmReading, JoinError, JoinPlan};
use candor_worker::Refusal;
use js_sys::WebAssembly;

/// A CRM file, and what was read of it by which plan.
pub(crate) struct Customers {
    source: Source,
    name: String,
    module: Option<WebAssembly::Module>,
    read: Option<(JoinPlan, Crm)>,
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
        Ok(Customers { source: Source::open(file, None)?, name, module, read: None })
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

    /// Its customers by a plan; read once for each plan.
    ///
    /// # Errors
    /// The plan cannot be followed, or the file cannot be read.
    pub(crate) fn by(&mut self, plan: &JoinPlan) -> Result<&Crm, Refusal> {
        if self.read.as_ref().is_none_or(|(known, _)| known != plan) {
            self.read = Some((plan.clone(), self.customers(plan)?));
        }
        self.read.as_ref().map(|(_, crm)| crm).ok_or_else(|| refused(JoinError::Empty))
    }

    fn customers(&self, plan: &JoinPlan) -> Result<Crm, Refusal> {
        let mut reading = CrmReading::new(plan).map_err(refused)?;
        if let Some(entry) = &self.source.entry {
            reading.unpack(entry);
        }
        let table = &self.source.table;
        if let Some(module) = &self.module {
            let mut rows = Rows::open(module, table)?;
            while rows.read(&mut reading)? {}
        } else {
            slices(table, 0..table.size(), &mut |bytes, _| reading.push(bytes))
                .map_err(Refusal::Unreadable)?;
        }
        Ok(reading.finish().map_err(refused)?.finish())
    }
}

pub(crate) fn refused(error: JoinError) -> Refusal {
    Refusal::Plan(error.to_string())
}
