//! The report on one page: what the answers are for, the score, how it is spread, the same by unit, the evidence, what
//! cannot be concluded, and how the file was read. It only puts the parts in their order.

use crate::absent::AbsentList;
use crate::distribution::Distribution;
use crate::evidence::EvidencePart;
use crate::provenance::Provenance;
use crate::purpose::PurposePart;
use crate::score::ScorePart;
use crate::session::{Opened, Session};
use crate::units::Units;
use leptos::prelude::*;
use std::sync::Arc;

/// The report of the file that has been read.
#[component]
pub(crate) fn ReportPage(session: Session, opened: Arc<Opened>) -> impl IntoView {
    let report = opened.report.clone();
    let score = report.scores.into_iter().next();
    view! {
        <article class="report">
            <PurposePart survey=report.survey name=opened.name.clone() responses=report.responses.clone()/>
            <ScorePart score=score.clone()/>
            {score.map(|score| {
                view! {
                    <Distribution score=score.clone()/>
                    <Units units=report.units score plan=opened.plan.clone()/>
                }
            })}
            <EvidencePart evidence=report.evidence plan=opened.plan.clone()/>
            <AbsentList absent=report.absent/>
            <Provenance
                session
                name=opened.name.clone()
                size=opened.size
                responses=report.responses
                skipped=report.skipped
                repaired=report.repaired
            />
        </article>
    }
}
